/** Which trace a run belongs to, and under which span: design "Which context does a resource belong to?". */
import {
  type FoundContext,
  isSampled,
  type SettledContext,
  settleContext,
  traceIdOfUid,
} from "../context/index.ts";
import type { PipelineRun, TaskRun } from "../tekton/index.ts";
import type { RunFamily } from "./family.ts";
import type { SpanLink } from "./span.ts";
import { spanIds } from "./span-ids.ts";

export interface Belonging {
  traceId: string;
  /** Parent of the execution span; absent for the root of a trace. */
  parent?: { spanId: string; remote: boolean };
  /** Somebody put the context on the object; it does not merely follow from who owns it. */
  isPropagated: boolean;
  traceState?: string;
  /** W3C flags. */
  flags: number;
  /** False where the parent was not sampled: then there are to be no spans. */
  sampled: boolean;
  /** Contexts of other traces the object names. */
  links: SpanLink[];
  /** Carriers that hold something unreadable. */
  invalid: SettledContext["invalid"];
}

export function belongingOfRun(family: RunFamily, parent: Belonging | undefined): Belonging {
  const { pipelineRun } = family;
  const settled = settleContext(holderOf("PipelineRun", pipelineRun));
  const { uid, owner } = pipelineRun.meta;
  const found = isCopyOfParents(family) ? undefined : settled.winner;
  if (found !== undefined) return withOwner(belongTo(found, spanIds.run(uid), settled), family, parent);
  if (family.parent !== undefined && parent !== undefined)
    return belongToOwner(family.parent, parent, settled);
  if (owner?.kind === "PipelineRun" && owner.uid) {
    // The owner is not in the input, but what its span is called can be computed from its UID.
    return newRoot(traceIdOfUid(owner.uid), settled, { spanId: spanIds.run(owner.uid), remote: true });
  }
  return (
    (family.inferred ? belongingOfMembers(family, settled) : undefined) ?? newRoot(traceIdOfUid(uid), settled)
  );
}

function belongToOwner({ pipelineRun }: RunFamily, owner: Belonging, settled: SettledContext): Belonging {
  return {
    ...owner,
    parent: { spanId: spanIds.run(pipelineRun.meta.uid), remote: false },
    isPropagated: false,
    links: linksTo(settled, owner.traceId),
    invalid: settled.invalid,
  };
}

/** A child that has a trace of its own is at least linked to the run that owns it. */
function withOwner(belonging: Belonging, family: RunFamily, owner: Belonging | undefined): Belonging {
  if (family.parent === undefined || owner === undefined || owner.traceId === belonging.traceId)
    return belonging;
  const spanId = spanIds.run(family.parent.pipelineRun.meta.uid);
  const link = { traceId: owner.traceId, spanId, attributes: { "throughline.link": "owner" } };
  return { ...belonging, links: [...belonging.links, link] };
}

/** A PipelineRun that is not in the input is in the trace its TaskRuns were given when they were created. */
function belongingOfMembers({ members }: RunFamily, settled: SettledContext): Belonging | undefined {
  for (const member of members) {
    if (member.kind !== "task") continue;
    const { winner } = settleContext(holderOf("TaskRun", member.task.taskRun));
    if (winner !== undefined)
      return { ...belongTo(winner, "", settled), parent: undefined, isPropagated: false };
  }
  return undefined;
}

/** A TaskRun that belongs to no PipelineRun. */
export function belongingOfTask(taskRun: TaskRun): Belonging {
  const settled = settleContext(holderOf("TaskRun", taskRun));
  const { uid } = taskRun.meta;
  if (settled.winner === undefined) return newRoot(traceIdOfUid(uid), settled);
  return belongTo(settled.winner, spanIds.task(uid, "taskrun"), settled);
}

/** Links from a TaskRun to traces it names that are not its PipelineRun's. */
export function linksOfTask(taskRun: TaskRun, traceId: string): SpanLink[] {
  const settled = settleContext(holderOf("TaskRun", taskRun));
  return linksTo(settled, traceId);
}

function holderOf<K extends "PipelineRun" | "TaskRun">(
  kind: K,
  { meta, spanContext }: PipelineRun | TaskRun,
) {
  return { kind, annotations: meta.annotations, spanContext };
}

/**
 * Tekton copies every annotation of a PipelineRun to its child PipelineRuns, the context with them. Such a copy
 * names the parent's parent: the child belongs to the run that owns it (tektoncd/pipeline #9698).
 */
function isCopyOfParents({ pipelineRun, parent }: RunFamily): boolean {
  if (parent === undefined) return false;
  const [own, parents] = [pipelineRun.meta.annotations, parent.pipelineRun.meta.annotations];
  const keys = Object.keys(own).filter((key) =>
    /^tekton(\.dev)?\/.*(spanContext|span-context|traceparent)$/i.test(key),
  );
  return keys.length > 0 && keys.every((key) => own[key] === parents[key]);
}

function belongTo({ context }: FoundContext, executionId: string, settled: SettledContext): Belonging {
  const { traceId, spanId, flags, tracestate } = context;
  return {
    traceId,
    // Our engine keeps the context of the execution span itself: that is nobody's parent.
    parent: spanId === executionId ? undefined : { spanId, remote: true },
    isPropagated: true,
    traceState: tracestate,
    flags,
    sampled: isSampled(context),
    links: linksTo(settled, traceId),
    invalid: settled.invalid,
  };
}

const SAMPLED = 1;

function newRoot(traceId: string, settled: SettledContext, parent?: Belonging["parent"]): Belonging {
  return {
    traceId,
    parent,
    isPropagated: false,
    flags: SAMPLED,
    sampled: true,
    links: linksTo(settled, traceId),
    invalid: settled.invalid,
  };
}

function linksTo({ winner, others }: SettledContext, traceId: string): SpanLink[] {
  const links = new Map<string, SpanLink>();
  for (const { carrier, context } of winner === undefined ? others : [winner, ...others]) {
    if (context.traceId === traceId) continue;
    const link = {
      traceId: context.traceId,
      spanId: context.spanId,
      attributes: { "throughline.link": carrier },
    };
    if (!links.has(context.traceId + context.spanId)) links.set(context.traceId + context.spanId, link);
  }
  return [...links.values()];
}
