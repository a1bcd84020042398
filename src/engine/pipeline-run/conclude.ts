/** Writes down where the run is, and whether it is over. */
import type { Outcome } from "../../kube/index.ts";
import { type Nanos, parseTime } from "../../tekton/index.ts";
import type { Verdict } from "../condition.ts";
import { traced } from "../tracing/index.ts";
import type { ChildReference, PipelineSpec, SkippedTask } from "../types/index.ts";
import { verdictOf } from "./condition.ts";
import { amendStatus, endWith, type RunPass, settleCondition } from "./pass.ts";
import { childReferencesOf, skippedTasksOf } from "./references.ts";
import { pipelineResultsOf } from "./results.ts";
import type { State } from "./run-tasks.ts";
import type { Progress, TaskProgress } from "./state.ts";
import { limitsOf, nextLimitMillis, timePassed } from "./timeouts.ts";

type Concluded = State & { spec: PipelineSpec };

interface Recorded {
  progress: Progress;
  /** In this pass. */
  started: readonly ChildReference[];
}

export const concluding = traced({
  /** `status.childReferences`, `skippedTasks`, and the times that depend on children. */
  recordTasks(pass: RunPass, { progress, started }: Recorded): void {
    const present = new Set(
      [...progress.values()].flatMap(({ children }) => children.map(({ name }) => name)),
    );
    const listed = (pass.draft.status.childReferences ?? []).filter(({ name }) => present.has(name));
    const parent = pass.object.metadata.name;
    const childReferences = childReferencesOf({ parent, progress, known: [...listed, ...started] });
    const skippedTasks = skippedTasksOf(progress);
    tellSkipped(pass, skippedTasks);
    amendStatus(pass, {
      ...(childReferences.length > 0 && { childReferences }),
      ...(skippedTasks.length > 0 && { skippedTasks }),
    });
    recordTimes(pass, progress);
  },

  /** The condition; when the run is over also its results, else when to look again though nothing has happened. */
  settleOutcome(pass: RunPass, { progress, situation, spec }: Concluded): Outcome {
    const { name } = pass.object.metadata;
    const limits = limitsOf(pass.object.spec, pass.engine.config);
    const verdict = verdictOf({ name, progress, situation, limits });
    if (verdict.status !== "Unknown") return concluding.complete(pass, { verdict, progress, spec });
    settleCondition(pass, verdict);
    const now = pass.engine.clock.now();
    const requeueAfterMillis = nextLimitMillis(timePassed(pass.draft.status, { limits, now }));
    return requeueAfterMillis === undefined ? {} : { requeueAfterMillis };
  },

  complete(pass: RunPass, { verdict, progress, spec }: Ending): Outcome {
    const { results, broken } = pipelineResultsOf(spec, progress);
    if (results.length > 0) amendStatus(pass, { results });
    if (verdict.status === "True" && broken.length > 0) return endWith(pass, brokenResults(pass, broken));
    pass.span.decided(`ended the run: ${verdict.reason}`);
    settleCondition(pass, verdict);
    return {};
  },
});

interface Ending {
  verdict: Verdict;
  progress: Progress;
  spec: PipelineSpec;
}

function brokenResults({ object }: RunPass, broken: readonly string[]) {
  const { name } = object.metadata;
  return {
    reason: "CouldntGetPipelineResult",
    message: `Failed to get PipelineResult from TaskRun Results for PipelineRun ${name}: invalid pipelineresults [${broken.join(" ")}], the referenced results don't exist`,
  };
}

function tellSkipped({ span, draft }: RunPass, skippedTasks: readonly SkippedTask[]): void {
  const told = new Set(draft.status.skippedTasks?.map(({ name }) => name));
  for (const { name, reason } of skippedTasks) {
    if (!told.has(name)) span.decided(`skipped ${name}: ${reason}`);
  }
}

/** Both are lost when the pass that should have written them was cut short; the children still tell. */
function recordTimes(pass: RunPass, progress: Progress): void {
  const { startTime, finallyStartTime } = pass.draft.status;
  const created = (section?: TaskProgress["section"]) =>
    [...progress.values()]
      .filter((each) => section === undefined || each.section === section)
      .flatMap(({ children }) => children.map(({ createdAt }) => createdAt));
  const earliest = earlierStart(startTime, created());
  const [firstFinal] = created("finally").toSorted();
  amendStatus(pass, {
    ...(earliest !== undefined && { startTime: earliest }),
    ...(finallyStartTime === undefined && firstFinal !== undefined && { finallyStartTime: firstFinal }),
  });
}

const SECOND: Nanos = 1_000_000_000n;

/**
 * A run whose status was lost starts with its first child. Creation times may be cut to the second, so what is
 * earlier by less says nothing.
 */
function earlierStart(startTime: string | undefined, created: readonly string[]): string | undefined {
  const start = startTime === undefined ? undefined : parseTime(startTime);
  if (start === undefined) return undefined;
  const [first] = created.map((text) => ({ text, time: parseTime(text) ?? start })).toSorted(byTime);
  return first !== undefined && first.time + SECOND <= start ? first.text : undefined;
}

function byTime(one: { time: Nanos }, other: { time: Nanos }): number {
  return one.time < other.time ? -1 : Number(one.time > other.time);
}
