import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useNow } from "../shared/clock.ts";
import { Banner } from "../shared/states.tsx";
import { Details } from "./details/Details.tsx";
import { Graph } from "./graph/Graph.tsx";
import { reveal } from "./model/fold.ts";
import { extentOf, isRunning } from "./model/growth.ts";
import { type Folding, UNTOUCHED } from "./model/rows.ts";
import { runOf, type Trace } from "./model/trace.ts";
import { type LaidOut, useMatches, useRows } from "./model/use-trace.ts";
import type { Loaded } from "./model/worker-messages.ts";
import { RunHeader } from "./RunHeader.tsx";
import { Toolbar } from "./Toolbar.tsx";
import { Timeline } from "./timeline/Timeline.tsx";
import { useRunUrl } from "./use-run-url.ts";

const SECOND = 1000;
const HOUR = 3_600_000;

/** A trace that is there: what is selected, folded and zoomed is known here, and every part shows the same. */
export function RunView({ loaded }: { loaded: Loaded }) {
  const { trace } = loaded;
  const [url, change] = useRunUrl();
  const [touched, setTouched] = useState<Folding>(UNTOUCHED);
  const folding = useMemo(
    () => ({ ...touched, isQuietShown: url.isQuietShown }),
    [touched, url.isQuietShown],
  );
  const laidOut = useRows(loaded, folding);
  const matches = useMatches(loaded, url.words);
  const extentMs = useExtent(trace, url);
  const selected = useMemo(
    () => (url.span === undefined ? -1 : trace.id.indexOf(url.span)),
    [trace, url.span],
  );

  const select = useCallback((index: number) => change(spanChange(trace.id[index])), [trace, change]);
  const fold = useCallback(
    (next: Folding) => {
      setTouched(next);
      if (next.isQuietShown !== url.isQuietShown) change({ isQuietShown: next.isQuietShown });
    },
    [change, url.isQuietShown],
  );
  const revealSpan = useCallback(
    (index: number) => {
      fold(reveal(folding, { trace, index }));
      select(index);
    },
    [fold, folding, trace, select],
  );
  useRevealed({ selected, laidOut, onReveal: revealSpan });

  const run = runOf(trace, Math.max(0, selected));
  return (
    <div className="run" data-details={selected >= 0}>
      <RunHeader trace={trace} extentMs={extentMs} onReveal={revealSpan} />
      {trace.notes.length > 0 && <Notes notes={trace.notes} />}
      <Toolbar
        url={url}
        quiet={laidOut?.rows.quiet ?? 0}
        reconciles={laidOut?.rows.reconciles ?? 0}
        hasGraph={run !== undefined && run.tasks.length > 0}
        hasPath={trace.runs.some(({ criticalPath }) => criticalPath.length > 0)}
        onChange={change}
      />
      <div className="run-body">
        {url.view === "graph" && run !== undefined ? (
          <Graph run={run} trace={trace} selected={selected} onSelect={revealSpan} />
        ) : (
          laidOut !== undefined && (
            <Timeline
              loaded={loaded}
              laidOut={laidOut}
              matches={matches}
              extentMs={extentMs}
              url={url}
              selected={laidOut.trace === trace ? selected : laidOut.trace.id.indexOf(url.span ?? "")}
              folding={folding}
              onChange={change}
              onFold={fold}
              onSelect={select}
              onReveal={revealSpan}
            />
          )
        )}
        {selected >= 0 && (
          <Details
            trace={trace}
            index={selected}
            extentMs={extentMs}
            isQuietShown={url.isQuietShown}
            onReveal={revealSpan}
            onClose={() => select(-1)}
          />
        )}
      </div>
    </div>
  );
}

/** How long the trace is drawn: longer each second while it runs. */
function useExtent(trace: Trace, { isQuietShown }: { isQuietShown: boolean }): number {
  const every = useMemo(() => (isRunning(trace) ? SECOND : HOUR), [trace]);
  return extentOf(trace, { nowMs: useNow(every), isQuietShown });
}

/** Nothing selected is no parameter, rather than an empty one. */
function spanChange(span: string | undefined) {
  return span === undefined ? { span: undefined } : { span };
}

/** Whoever follows a link to a span, or goes back to one, sees it, also where it is folded away. */
function useRevealed({
  selected,
  laidOut,
  onReveal,
}: {
  selected: number;
  laidOut: LaidOut | undefined;
  onReveal: (index: number) => void;
}): void {
  const latest = useRef({ laidOut, onReveal });
  latest.current = { laidOut, onReveal };
  const isLaidOut = laidOut !== undefined;
  useEffect(() => {
    const { rows } = latest.current.laidOut ?? {};
    if (isLaidOut && selected >= 0 && rows?.span[rows.rowOf[selected] ?? -1] !== selected)
      latest.current.onReveal(selected);
  }, [selected, isLaidOut]);
}

function Notes({ notes }: { notes: readonly string[] }) {
  return (
    <Banner>
      {notes.map((note) => (
        <span key={note} className="name">
          {note}
        </span>
      ))}
    </Banner>
  );
}
