/**
 * Runs that stand still. A child changes often in ways that mean nothing to its run: a step of it starts, its Pod gets an
 * address. A pass over the same run with the same children decides the same, so one that went through need not be
 * repeated before something it looked at is different.
 */
import type { Outcome, Stored } from "../../kube/index.ts";
import type { Nanos } from "../../tekton/index.ts";
import type { EngineContext } from "../context.ts";
import type { PipelineRun } from "../types/index.ts";
import { cachedChildren } from "./children.ts";

interface Rest {
  children: string;
  /** When its next limit is passed. */
  until?: Nanos;
}

/** By the very copy of the run that the pass saw: another copy is another run. */
const rests = new WeakMap<EngineContext, WeakMap<Stored<PipelineRun>, Rest>>();

const NANOS_PER_MILLI = 1_000_000;

/** The pass, or what it would come to when it is known without it. */
export async function unlessUnchanged(
  { engine, object }: { engine: EngineContext; object: Stored<PipelineRun> },
  pass: () => Promise<Outcome>,
): Promise<Outcome> {
  const children = summaryOfChildren(engine, object);
  if (children === undefined) return pass();
  const known = rests.get(engine)?.get(object);
  const now = engine.clock.now();
  if (known?.children === children && (known.until === undefined || now < known.until)) {
    return outcomeAt(known, now);
  }
  const outcome = await pass();
  remember(engine, object, { children, ...untilOf(outcome, engine.clock.now()) });
  return outcome;
}

/**
 * Everything that a pass reads of the children. Why one is not done yet is of no account. Undefined while a child is known from the
 * status only: a pass asks the API for it, and may get another answer each time.
 */
function summaryOfChildren(engine: EngineContext, object: Stored<PipelineRun>): string | undefined {
  const children = cachedChildren({ engine, object });
  const cached = new Set(children.map(({ kind, name }) => `${kind}/${name}`));
  const listed = object.status?.childReferences ?? [];
  if (!listed.every(({ kind, name }) => cached.has(`${kind}/${name}`))) return undefined;
  return children
    .map(({ kind, name, outcome, isStopped, reason }) =>
      [kind, name, outcome, isStopped, outcome === "running" ? "" : reason].join(" "),
    )
    .join("\n");
}

function remember(engine: EngineContext, object: Stored<PipelineRun>, rest: Rest): void {
  const ofEngine = rests.get(engine) ?? new WeakMap<Stored<PipelineRun>, Rest>();
  rests.set(engine, ofEngine.set(object, rest));
}

function untilOf({ requeueAfterMillis }: Outcome, now: Nanos): { until?: Nanos } {
  if (requeueAfterMillis === undefined) return {};
  return { until: now + BigInt(requeueAfterMillis * NANOS_PER_MILLI) };
}

function outcomeAt({ until }: Rest, now: Nanos): Outcome {
  if (until === undefined) return {};
  return { requeueAfterMillis: Math.ceil(Number(until - now) / NANOS_PER_MILLI) };
}
