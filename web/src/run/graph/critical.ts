import type { TraceRun } from "../../../../src/insight/answers/index.ts";
import type { Trace } from "../model/trace.ts";
import type { Edge } from "./ranks.ts";

/** The tasks of a run that its critical path goes through, by name, in the order it meets them. */
export function criticalTasks(run: TraceRun, trace: Pick<Trace, "last">): string[] {
  const names = new Set<string>();
  for (const { span } of run.criticalPath) {
    const on = run.tasks.find((task) => task.span <= span && span < (trace.last[task.span] ?? 0));
    if (on !== undefined) names.add(on.task);
  }
  return [...names];
}

/** The edges the critical path takes: of those between two of its tasks, the ones between neighbours on it. */
export function criticalEdges(edges: readonly Edge[], tasks: readonly string[]): Set<Edge> {
  const place = new Map(tasks.map((task, index) => [task, index]));
  return new Set(edges.filter(({ from, to }) => (place.get(from) ?? -9) + 1 === place.get(to)));
}
