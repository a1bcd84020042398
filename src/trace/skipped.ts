import type { Nanos } from "../tekton/index.ts";
import { latest, momentWithin } from "./interval.ts";
import type { RunTimeline, SkippedTimeline } from "./timeline.ts";

/** A skipped task has no time of its own: it stands where the last of the tasks it waited for had ended. */
export function skippedTasks({ family, interval, execute, tasks }: RunTimeline): SkippedTimeline[] {
  const { graph, skippedTasks: skipped } = family.pipelineRun;
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
  const tasksByName = new Map(graph.map((task) => [task.name, task]));
  const endOf = (name: string, visiting: Set<string>): Nanos => {
    const known = ends.get(name);
    if (known !== undefined || visiting.has(name)) return known ?? started;
    visiting.add(name);
    const task = tasksByName.get(name);
    const end =
      task?.memberOf === "finally"
        ? (dagEnd ?? started)
        : (latest((task?.dependsOn ?? []).map((parent) => endOf(parent, visiting))) ?? started);
    ends.set(name, end);
    return end;
  };
  const names = new Set<string>();
  return skipped
    .filter(({ name }) => !names.has(name) && names.add(name))
    .map(({ name, reason }) => ({ name, reason, interval: momentWithin(interval, endOf(name, new Set())) }));
}
