import type { TraceRun } from "../../../../src/insight/answers/index.ts";
import { ROW, type Rows } from "../model/rows.ts";
import { SPAN_KINDS } from "../model/span-kind.ts";
import type { Trace } from "../model/trace.ts";

/** A level piece of the critical path: from one moment to another in one row. */
export interface PathPiece {
  row: number;
  startMs: number;
  endMs: number;
}

const WAIT = SPAN_KINDS.indexOf("wait");

type Path = TraceRun["criticalPath"];

/**
 * The critical paths of runs as pieces from row to row, joined where they are drawn. A span that is folded away is stood in
 * for by the one that hides it. Time that an open task spent between its steps stays in the row of the step before: a line that
 * went up to the task and down again at each gap would be all one sees. What a run waits before it is taken up is its own time
 * too: the line begins in the row that says so.
 *
 *     task      ▔▔▔▔▔▔▔▔▔▔▔▔
 *       pull    ━━━━┓
 *       step        ┗━━━━━━━
 */
export function pathLines(
  runs: readonly Pick<TraceRun, "criticalPath">[],
  { trace, rows }: { trace: Pick<Trace, "last" | "kind">; rows: Rows },
): PathPiece[][] {
  return runs.map(({ criticalPath }) => {
    const pieces: PathPiece[] = [];
    let previous = -1;
    for (const [place, { startMs, endMs }] of criticalPath.entries()) {
      const drawn = drawnSpan({ criticalPath, place, previous, trace, rows });
      const row = rows.rowOf[drawn] ?? -1;
      const last = pieces.at(-1);
      if (row < 0) continue;
      if (last?.row === row) last.endMs = endMs;
      else pieces.push({ row, startMs, endMs });
      previous = drawn;
    }
    return pieces;
  });
}

/** The span in whose row a piece is drawn: its own, and for one that is open the one before or after inside it. */
function drawnSpan({
  criticalPath,
  place,
  previous,
  trace,
  rows,
}: {
  criticalPath: Path;
  place: number;
  previous: number;
  trace: Pick<Trace, "last" | "kind">;
  rows: Rows;
}): number {
  const span = criticalPath[place]?.span ?? -1;
  const isInside = (other: number) => span < other && other < (trace.last[span] ?? 0);
  const isOpen = (other: number) => ((rows.state[rows.rowOf[other] ?? -1] ?? 0) & ROW.isOpen) !== 0;
  if (!isOpen(span)) return span;
  if (isInside(previous)) return previous;
  // Siblings are in order of their start, and nothing of a run starts before its wait.
  if (isInside(span + 1) && trace.kind[span + 1] === WAIT) return span + 1;
  for (const { span: next } of criticalPath.slice(place + 1, place + 4)) {
    if (!isInside(next)) return span;
    if (!isOpen(next)) return next;
  }
  return span;
}
