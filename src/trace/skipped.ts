import type { Nanos } from "../tekton/index.ts";
import { uniqueBy } from "./groups.ts";
import { latest, momentWithin } from "./interval.ts";
import { spanIds } from "./span-ids.ts";
import type { RunTimeline, SkippedTimeline } from "./timeline.ts";

/** A skipped task has no time of its own: it stands where the last of the tasks it waited for had ended. */
export function skippedTasks({ family, graph, interval, execute, tasks }: RunTimeline): SkippedTimeline[] {
  const { meta, skippedTasks: skipped } = family.pipelineRun;
  const started = execute?.startNs ?? interval.startNs;
  const ends = new Map<string, Nanos>();
  for (const task of tasks) {
    if (task.interval.open || task.interval.unknown) continue;
    const end = ends.get(task.name);
    if (end === undefined || end < task.interval.endNs) ends.set(task.name, task.interval.endNs);
  }
  const dagEnd = latest(
    tasks.filter((task) => task.memberOf !== "finally").map((task) => task.interval.endNs),
  );
  const ownEnd = (name: string): Nanos => {
    const task = graph.get(name);
    if (task?.memberOf === "finally") return dagEnd ?? started;
    return latest((task?.dependsOn ?? []).map((parent) => ends.get(parent))) ?? started;
  };
  /** Fills in the ends of a task and of all before it; a list of what is to do, as graphs may be deep. */
  const endOf = (name: string): Nanos => {
    const waiting = [name];
    const entered = new Set<string>();
    for (let next = waiting.at(-1); next !== undefined; next = waiting.at(-1)) {
      const before = (graph.get(next)?.dependsOn ?? []).filter(
        (each) => !ends.has(each) && !entered.has(each),
      );
      if (!ends.has(next) && !entered.has(next) && before.length > 0) {
        entered.add(next);
        for (const each of before) waiting.push(each);
        continue;
      }
      if (!ends.has(next)) ends.set(next, ownEnd(next));
      waiting.pop();
    }
    return ends.get(name) ?? started;
  };
  return uniqueBy(skipped, ({ name }) => name).map(({ name, reason }) => ({
    spanId: spanIds.skipped(meta.uid, name),
    name,
    memberOf: graph.get(name)?.memberOf,
    after: graph.get(name)?.after ?? [],
    reason,
    interval: momentWithin(interval, endOf(name)),
  }));
}
