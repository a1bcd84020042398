import { type KeyboardEvent, type MouseEvent, useMemo, useState } from "react";
import { ROW } from "../model/rows.ts";
import type { LaidOut } from "../model/use-trace.ts";
import type { RunUrl } from "../run-url.ts";
import { Bars } from "./Bars.tsx";
import { Crosshair } from "./Crosshair.tsx";
import { usePalette } from "./palette.ts";
import { pathLines } from "./path-line.ts";
import { rowId, TreeRow } from "./TreeRow.tsx";
import type { Tick } from "./ticks.ts";
import { type TimeWindow, timeAt } from "./time-window.ts";
import "./rows.css";
import { treeMove } from "./tree-keys.ts";
import { type Drag, useDrag } from "./use-drag.ts";
import { useRowWindow } from "./use-row-window.ts";
import { useScrolledTo } from "./use-scrolled-to.ts";
import { useSize } from "./use-size.ts";
import { useWheel } from "./use-zoom.ts";

const ROW_HEIGHT = 24;

interface RowListProps {
  laidOut: LaidOut;
  window: TimeWindow;
  /** Pixels of the bars, and of the room for labels at their right. */
  width: number;
  gutter: number;
  extentMs: number;
  ticks: readonly Tick[];
  clock: RunUrl["clock"];
  words: string;
  selected: number;
  isPathShown: boolean;
  onSelect: (index: number) => void;
  onOpen: (id: string, isOpen: boolean) => void;
  onOpenSiblings: (index: number) => void;
  onFit: (index: number) => void;
  onZoom: (window: TimeWindow) => void;
}

/** The rows that scroll: a tree that takes keys, and over its right part the bars, where dragging zooms. */
export function RowList(props: RowListProps) {
  const { laidOut, window, width, gutter, extentMs, selected, onZoom } = props;
  const { trace, rows } = laidOut;
  const count = rows.span.length;
  const [scroller, size] = useSize<HTMLDivElement>();
  const { shown, onScroll } = useRowWindow({ scroller, height: size.height, rowHeight: ROW_HEIGHT, count });
  const left = size.width - width - gutter;
  useWheel(scroller, { window, extentMs, left, width, onZoom });
  useScrolledTo({ scroller, rows, selected, height: size.height, rowHeight: ROW_HEIGHT });
  const [range, setRange] = useState<Drag>();
  const drag = useDrag({
    startsAt: (event) => {
      const x = event.clientX - event.currentTarget.getBoundingClientRect().left - left;
      return x < 0 || event.pointerType === "touch" ? undefined : x;
    },
    onDrag: setRange,
    onDrop: ({ fromX, toX }) =>
      onZoom({
        startMs: Math.max(0, timeAt(Math.min(fromX, toX), window, width)),
        endMs: Math.min(extentMs, timeAt(Math.max(fromX, toX), window, width)),
      }),
  });
  const indexes = Array.from(rows.span.subarray(shown.first, shown.end));
  return (
    <div className="rows" ref={scroller} onScroll={onScroll}>
      <div
        className="rows-sheet"
        role="tree"
        tabIndex={0}
        aria-label="Spans"
        aria-activedescendant={indexes.includes(selected) ? rowId(selected) : undefined}
        style={{ height: count * ROW_HEIGHT }}
        onKeyDown={(event) => onKey(event, props)}
        onClick={(event) => onClick(event, props)}
        onDoubleClick={(event) => onDoubleClick(event, props)}
        {...drag}
      >
        {indexes.map((index, place) => (
          <TreeRow
            key={trace.id[index]}
            trace={trace}
            index={index}
            state={rows.state[shown.first + place] ?? 0}
            below={rows.below[shown.first + place] ?? 0}
            top={(shown.first + place) * ROW_HEIGHT}
            isSelected={index === selected}
            words={props.words}
          />
        ))}
        <BarsOf {...props} shown={shown} />
        {range !== undefined && (
          <div
            className="rows-range"
            style={{
              left: left + Math.min(range.fromX, range.toX),
              width: Math.abs(range.toX - range.fromX),
            }}
          />
        )}
        <Crosshair
          scroller={scroller}
          left={left}
          width={width}
          window={window}
          trace={trace}
          clock={props.clock}
        />
      </div>
    </div>
  );
}

function BarsOf({
  laidOut,
  window,
  width,
  gutter,
  extentMs,
  ticks,
  isPathShown,
  shown,
}: RowListProps & { shown: { first: number; end: number } }) {
  const palette = usePalette();
  const paths = useMemo(
    () => (isPathShown ? pathLines(laidOut.trace.runs, laidOut) : []),
    [isPathShown, laidOut],
  );
  const scene = useMemo(
    () => ({
      ...laidOut,
      shown,
      window,
      width,
      gutter,
      growsToMs: extentMs,
      gridMs: ticks.map(({ timeMs }) => timeMs),
      paths,
      rowHeight: ROW_HEIGHT,
      palette,
    }),
    [laidOut, shown, window, width, gutter, extentMs, ticks, paths, palette],
  );
  return <Bars scene={scene} />;
}

function onKey(event: KeyboardEvent, props: RowListProps): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { trace, rows } = props.laidOut;
  const row = rows.rowOf[props.selected] ?? -1;
  if (event.key === "Enter" && row >= 0) {
    props.onFit(props.selected);
    return;
  }
  const move = treeMove(event.key, { trace, rows, row });
  if (move === undefined) return;
  event.preventDefault();
  const index = rows.span[move.row] ?? -1;
  if (move.kind === "select") props.onSelect(index);
  else if (move.kind === "openSiblings") props.onOpenSiblings(index);
  else props.onOpen(trace.id[index] ?? "", move.kind === "open");
}

function onClick(event: MouseEvent, props: RowListProps): void {
  const index = indexUnder(event);
  if (index < 0) return;
  const { trace, rows } = props.laidOut;
  if (event.target instanceof Element && event.target.closest("[data-fold]") !== null) {
    const state = rows.state[rows.rowOf[index] ?? -1] ?? 0;
    props.onOpen(trace.id[index] ?? "", (state & ROW.isOpen) === 0);
  } else props.onSelect(index);
}

function onDoubleClick(event: MouseEvent, props: RowListProps): void {
  const index = indexUnder(event);
  if (index >= 0) props.onFit(index);
}

function indexUnder({ target }: MouseEvent): number {
  const row = target instanceof Element ? target.closest<HTMLElement>(".row") : null;
  return Number(row?.dataset["index"] ?? -1);
}
