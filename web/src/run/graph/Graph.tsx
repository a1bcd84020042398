import { useMemo } from "react";
import type { TraceRun } from "../../../../src/insight/answers/index.ts";
import type { Trace } from "../model/trace.ts";
import { criticalEdges, criticalTasks } from "./critical.ts";
import "./graph.css";
import { curveThrough, layOutGraph } from "./layout.ts";
import { TaskNode } from "./TaskNode.tsx";

/** A graph that is wider than the window is drawn smaller, down to this, and then scrolls. */
const LEAST_SCALE = 0.86;

/** The pipeline's tasks and what waits for what. Pressing a task selects its span. */
export function Graph({
  run,
  trace,
  selected,
  onSelect,
}: {
  run: TraceRun;
  trace: Trace;
  selected: number;
  onSelect: (index: number) => void;
}) {
  const layout = useMemo(() => layOutGraph(run.tasks), [run.tasks]);
  const critical = useMemo(() => {
    const tasks = criticalTasks(run, trace);
    return { tasks: new Set(tasks), edges: criticalEdges(layout.edges, tasks) };
  }, [run, trace, layout]);
  return (
    <section className="graph" aria-label={`Graph of ${run.pipeline}`}>
      {/* biome-ignore lint/a11y/noSvgWithoutTitle: the section around it has the name; a title would follow the pointer */}
      <svg
        viewBox={`0 0 ${layout.width} ${layout.height}`}
        style={{ minWidth: layout.width * LEAST_SCALE, maxWidth: layout.width }}
      >
        {layout.finallyX !== undefined && <Finally x={layout.finallyX} height={layout.height} />}
        {layout.edges.map((edge) => (
          <path
            key={`${edge.from} ${edge.to}`}
            className="graph-edge"
            data-critical={critical.edges.has(edge)}
            d={curveThrough(edge.points)}
          />
        ))}
        {layout.tasks.map((placed) => (
          <TaskNode
            key={placed.task.task}
            placed={placed}
            isCritical={critical.tasks.has(placed.task.task)}
            isSelected={isInside(trace, { selected, span: placed.task.span })}
            onSelect={onSelect}
          />
        ))}
      </svg>
      <p className="graph-hint">
        Heavy: the critical path. Slack: by how much a task could have taken longer without the run taking
        longer.
      </p>
    </section>
  );
}

function isInside(trace: Trace, { selected, span }: { selected: number; span: number }): boolean {
  return selected >= span && selected < (trace.last[span] ?? 0);
}

function Finally({ x, height }: { x: number; height: number }) {
  return (
    <>
      <line className="graph-finally" x1={x} x2={x} y1={0} y2={height} />
      <text className="graph-finally-word" x={x + 8} y={12}>
        finally
      </text>
    </>
  );
}
