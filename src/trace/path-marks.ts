import type { Nanos } from "../tekton/index.ts";
import type { PathPart } from "./critical-path.ts";
import type { Span } from "./span.ts";
import { waitOfPath } from "./waiting.ts";

/** Nanoseconds by span id. */
export type Shares = ReadonlyMap<string, Nanos>;

/** How long each task was on a critical path, with all below it, by the id of the task's span. */
export function taskShares(path: readonly PathPart[]): Shares {
  return sharesBy(path, ({ taskSpanId }) => taskSpanId);
}

/**
 * Writes on the spans of a run what its critical path says of them, so that any store can answer from single spans: the
 * span's own share, a task's share with all below it, and how long the run waited. A pipeline in a pipeline is a task
 * of its owner: its share as a task is that of the owner's path, which `ownerShares` tells.
 */
export function markCriticalPath(
  spans: readonly Span[],
  path: readonly PathPart[],
  ownerShares: Shares = new Map(),
): void {
  const own = sharesBy(path, ({ spanId }) => spanId);
  const ofTasks = taskShares(path);
  for (const { spanId, attributes } of spans) {
    const share = own.get(spanId);
    const taskShare = ofTasks.get(spanId) ?? ownerShares.get(spanId);
    if (share !== undefined) attributes["throughline.critical_path_ns"] = share;
    if (taskShare !== undefined) attributes["throughline.task.critical_path_ns"] = taskShare;
    if (attributes["throughline.type"] === "pipelinerun")
      attributes["throughline.wait_ns"] = waitOfPath(path);
  }
}

function sharesBy(path: readonly PathPart[], keyOf: (part: PathPart) => string | undefined): Shares {
  const shares = new Map<string, Nanos>();
  for (const part of path) {
    const key = keyOf(part);
    if (key !== undefined) shares.set(key, (shares.get(key) ?? 0n) + part.endNs - part.startNs);
  }
  return shares;
}
