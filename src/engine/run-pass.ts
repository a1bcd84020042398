/** The skeleton both reconcilers share: one pass over one object, from the cached copy to the writes at its end. */
import { isDeepStrictEqual } from "node:util";
import type { TraceContext } from "../context/index.ts";
import type { Kind, KubeObject, Outcome, Stored } from "../kube/index.ts";
import { keyOf } from "../kube/index.ts";
import type { EngineContext } from "./context.ts";
import { formatGoDuration } from "./spec/index.ts";
import { endWith, type HasSpan, type PassIdentity, startPass, traced } from "./tracing/index.ts";

type Run = KubeObject & { status?: object };

/** What the functions of a pass work on. */
export interface ObjectPass<T extends Run> extends HasSpan {
  readonly engine: EngineContext;
  /** As it was when the pass began. */
  readonly object: Stored<T>;
  /** The context of the object's execution span. */
  readonly context: TraceContext;
  readonly draft: Draft<NonNullable<T["status"]>>;
}

/** What is to be written when the pass is over, where it differs from what there is. Its parts are replaced, never changed. */
export interface Draft<Status> {
  status: Status;
  /** Merged over the object's own. */
  labels: Readonly<Record<string, string>>;
  annotations: Readonly<Record<string, string>>;
}

export interface PassOptions<T extends Run> {
  engine: EngineContext;
  kind: Kind<T>;
  object: Stored<T>;
  context: TraceContext;
  spanName: string;
  identity: Omit<PassIdentity, "version">;
  work: (pass: ObjectPass<T>) => Promise<Outcome>;
  /** Called when a new status is written. What is to be told once is told here: a pass that came too late is refused before. */
  onWritten?: (pass: ObjectPass<T>) => void;
}

/**
 * One pass. Whatever `work` decided is written in one go at its end, also when it fails: nothing that happened is
 * forgotten, and no branch can forget to write it.
 */
export function runPass<T extends Run>(options: PassOptions<T>): Promise<Outcome> {
  const { engine, kind, object, context, spanName, identity, work, onWritten } = options;
  const span = startPass(spanName, {
    parent: engine.onSpans === undefined ? undefined : context,
    identity: { ...identity, version: engine.version },
    clock: engine.clock,
    onEnd: (spans) => engine.onSpans?.(spans),
  });
  const draft = { status: statusOf(object), labels: {}, annotations: {} };
  const pass: ObjectPass<T> = { engine, object, context, draft, span };
  return endWith(span, async () => {
    try {
      const outcome = await work(pass);
      if (outcome.requeueAfterMillis !== undefined)
        span.decided(`requeued after ${describeWait(outcome.requeueAfterMillis)}`);
      return outcome;
    } finally {
      await writeDraft(pass, { kind, onWritten });
    }
  });
}

/**
 * Metadata first, as upstream has it: what a pass settles once and for all is in the status, so one that is cut short between the two
 * settles it again, and comes to the same labels. Each on the version before it, so that a pass that came too late writes
 * neither.
 */
async function writeDraft<T extends Run>(
  pass: ObjectPass<T>,
  { kind, onWritten }: Pick<PassOptions<T>, "kind" | "onWritten">,
): Promise<void> {
  const { object, draft } = pass;
  const base = hasNewMetadata(pass) ? await writing.syncMetadata(pass, kind) : object;
  if (isDeepStrictEqual(draft.status, statusOf(object))) return;
  await writing.updateStatus(pass, { kind, base });
  onWritten?.(pass);
}

const SECOND = 1_000;

/** To the second where it is more than one. */
function describeWait(millis: number): string {
  return formatGoDuration(millis < SECOND ? millis : Math.round(millis / SECOND) * SECOND);
}

function statusOf<T extends Run>(object: Stored<T>): NonNullable<T["status"]> {
  return (object.status ?? {}) as NonNullable<T["status"]>;
}

/** The writes at the end of every pass. */
export const writing = traced({
  async syncMetadata<T extends Run>(
    { engine, object, draft }: ObjectPass<T>,
    kind: Kind<T>,
  ): Promise<Stored<T>> {
    const { labels, annotations } = draft;
    const { resourceVersion } = object.metadata;
    return engine.api.patch(kind, keyOf(object), { metadata: { resourceVersion, labels, annotations } });
  },

  async updateStatus<T extends Run>(
    { engine, draft }: ObjectPass<T>,
    { kind, base }: { kind: Kind<T>; base: Stored<T> },
  ): Promise<void> {
    await engine.api.updateStatus(kind, { ...base, status: draft.status });
  },
});

function hasNewMetadata<T extends Run>({ object, draft }: ObjectPass<T>): boolean {
  const { labels = {}, annotations = {} } = object.metadata;
  return differs(draft.labels, labels) || differs(draft.annotations, annotations);
}

function differs(
  wanted: Readonly<Record<string, string>>,
  present: Readonly<Record<string, string>>,
): boolean {
  return Object.entries(wanted).some(([key, value]) => present[key] !== value);
}
