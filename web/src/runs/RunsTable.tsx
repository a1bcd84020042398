import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { RunRow } from "../../../src/insight/answers/index.ts";
import { useNow } from "../shared/clock.ts";
import { durationScale } from "../shared/duration-scale.ts";
import type { UrlChanges } from "../shared/url-state.ts";
import { RunLine } from "./RunLine.tsx";
import { RunsHead, type Sorting } from "./RunsHead.tsx";
import { runDuration } from "./run-duration.ts";
import "./runs-table.css";
import { useRowKeys } from "./use-row-keys.ts";

/** Height of a row before it is measured, in pixels: one line, or two where a failure says why. */
const LINE = 30;
const TWO_LINES = 48;

/** Rows before the end of what is loaded at which more is asked for. */
const AHEAD = 15;

interface RunsTableProps {
  runs: readonly RunRow[];
  /** Absent where the order is not to be changed. */
  sorting?: Sorting;
  onFilter: (changes: UrlChanges) => void;
  /** The reader has come near the end of what is loaded. */
  onEnd?: () => void;
}

/** Runs, one row each; only the rows on the screen are drawn. */
export function RunsTable({ runs, sorting, onFilter, onEnd }: RunsTableProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const isAnyRunning = useMemo(() => runs.some(({ result }) => result === "running"), [runs]);
  const now = useNow(isAnyRunning ? 1000 : 60_000);
  const scaleMs = useMemo(() => durationScale(runs.map((run) => runDuration(run, now))), [runs, now]);
  const rows = useRows(runs, body);
  useRowKeys(body);

  const last = rows.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= runs.length - AHEAD) onEnd?.();
  }, [last, runs.length, onEnd]);

  return (
    <table className="runs" aria-label="Runs" aria-rowcount={runs.length + 1}>
      <RunsHead scaleMs={scaleMs} sorting={sorting} />
      <tbody ref={body} className="runs-body" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ key, index, start }) => {
          const run = runs[index];
          return (
            run && (
              <RunLine
                key={key}
                run={run}
                index={index}
                top={start - rows.options.scrollMargin}
                measure={rows.measureElement}
                durationMs={runDuration(run, now)}
                scaleMs={scaleMs}
                onFilter={onFilter}
              />
            )
          );
        })}
      </tbody>
    </table>
  );
}

function useRows(runs: readonly RunRow[], body: RefObject<HTMLElement | null>) {
  const top = useTop(body);
  return useWindowVirtualizer({
    count: runs.length,
    estimateSize: (index) => (runs[index]?.message === undefined ? LINE : TWO_LINES),
    getItemKey: (index) => runs[index]?.spanId ?? index,
    scrollMargin: top,
    overscan: 6,
  });
}

/** Where an element begins on the page, in pixels; what is above the table changes with filters and states. */
function useTop(element: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const look = () => {
      const box = element.current?.getBoundingClientRect();
      if (box) setTop(Math.round(box.top + scrollY));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return top;
}
