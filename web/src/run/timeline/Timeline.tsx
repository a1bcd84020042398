import { useCallback, useMemo, useRef } from "react";
import { openSiblings, setOpen } from "../model/fold.ts";
import type { Folding } from "../model/rows.ts";
import type { LaidOut } from "../model/use-trace.ts";
import type { Loaded } from "../model/worker-messages.ts";
import type { RunUrl } from "../run-url.ts";
import { Axis } from "./Axis.tsx";
import { Find } from "./Find.tsx";
import { Minimap } from "./Minimap.tsx";
import { RowList } from "./RowList.tsx";
import { clockTicks, relativeTicks } from "./ticks.ts";
import { fitWindow, isWhole, type TimeWindow, zoomWindow } from "./time-window.ts";
import "./timeline.css";
import { useSize } from "./use-size.ts";
import { useTimelineKeys } from "./use-timeline-keys.ts";

/** Kept free at the right, so that the labels of the longest bars have a place; where there is little room they go inside. */
const LABEL_GUTTER = 60;
const NARROW = 420;
/** Distance of the axis's marks in pixels: room for `12:34:56` and some air. */
const TICK_GAP = 84;

interface TimelineProps {
  loaded: Loaded;
  laidOut: LaidOut;
  matches: Int32Array | undefined;
  extentMs: number;
  url: RunUrl;
  selected: number;
  folding: Folding;
  onChange: (changes: Partial<RunUrl>) => void;
  onFold: (folding: Folding) => void;
  onSelect: (index: number) => void;
  /** Selects a span and opens whatever hides it. */
  onReveal: (index: number) => void;
}

/** Minimap and axis on top, below them the tree at the left and the bars at the right. */
export function Timeline(props: TimelineProps) {
  const { loaded, laidOut, extentMs, url, selected, folding, onChange, onFold } = props;
  const [bars, room] = useSize<HTMLDivElement>();
  const gutter = room.width < NARROW ? 0 : LABEL_GUTTER;
  const width = Math.max(0, room.width - gutter);
  const window = useMemo(() => url.window ?? { startMs: 0, endMs: extentMs }, [url.window, extentMs]);
  const zoom = useCallback(
    (next: TimeWindow | undefined) =>
      onChange({ window: next === undefined || isWhole(next, extentMs) ? undefined : next }),
    [onChange, extentMs],
  );
  const fit = useCallback(
    (index: number) => zoom(fitWindow(placeOf(laidOut, index), extentMs)),
    [zoom, laidOut, extentMs],
  );
  const root = useRef<HTMLElement>(null);
  useTimelineKeys({
    onFitAll: () => zoom(undefined),
    onFitSelected: () => selected >= 0 && fit(selected),
    onZoom: (factor) =>
      zoom(zoomWindow(window, { factor, atMs: (window.startMs + window.endMs) / 2, extentMs })),
    onPath: () => onChange({ isPathShown: !url.isPathShown }),
    onQuiet: () => onChange({ isQuietShown: !url.isQuietShown }),
    onFind: () => root.current?.querySelector<HTMLInputElement>("input[type=search]")?.focus(),
  });
  const { originMs } = laidOut.trace;
  const ticks = useMemo(() => {
    const size = { width, gapPx: TICK_GAP };
    return url.clock === "absolute" ? clockTicks(window, { ...size, originMs }) : relativeTicks(window, size);
  }, [window, width, originMs, url.clock]);
  return (
    <section className="timeline" aria-label="Timeline" ref={root}>
      <div className="timeline-head">
        <Find
          words={url.words}
          matches={props.matches}
          selected={selected}
          onWords={(words) => onChange({ words })}
          onReveal={props.onReveal}
        />
        <Levels base={folding.base} onBase={(base) => onFold({ ...folding, base, byHand: new Map() })} />
        <div className="timeline-time" ref={bars}>
          <Minimap loaded={loaded} extentMs={extentMs} window={window} width={width} onZoom={zoom} />
          <Axis ticks={ticks} window={window} width={width} />
        </div>
      </div>
      <RowList
        laidOut={laidOut}
        window={window}
        width={width}
        gutter={gutter}
        extentMs={extentMs}
        ticks={ticks}
        clock={url.clock}
        words={url.words}
        selected={selected}
        isPathShown={url.isPathShown}
        onSelect={props.onSelect}
        onOpen={(id, isOpen) => onFold(setOpen(folding, { id, isOpen }))}
        onOpenSiblings={(index) => onFold(openSiblings(folding, { trace: laidOut.trace, index }))}
        onFit={fit}
        onZoom={zoom}
      />
      <p className="timeline-hint">
        Drag to zoom, <kbd>Ctrl</kbd> and wheel to zoom at the pointer, <kbd>Shift</kbd> and wheel to move.
        Double click fits a span, <kbd>F</kbd> shows all, <kbd>S</kbd> finds.
      </p>
    </section>
  );
}

function placeOf({ trace }: LaidOut, index: number): { startMs: number; durationMs: number } {
  return { startMs: trace.startMs[index] ?? 0, durationMs: trace.durationsMs[index] ?? 0 };
}

function Levels({ base, onBase }: { base: Folding["base"]; onBase: (base: Folding["base"]) => void }) {
  return (
    <div className="timeline-levels">
      <button type="button" className="link" aria-pressed={base === "open"} onClick={() => onBase("open")}>
        Open all
      </button>
      <button
        type="button"
        className="link"
        aria-pressed={base === "closed"}
        onClick={() => onBase("closed")}
      >
        Tasks only
      </button>
    </div>
  );
}
