import type { ResultWord, RunsHistogramAnswer } from "../../../src/insight/answers/index.ts";
import { formatClock, formatCount, formatDay, formatPeriod } from "../shared/format.ts";
import { Glyph } from "../shared/Glyph.tsx";
import { resultLook } from "../shared/results.ts";
import "./histogram.css";
import {
  addCounts,
  countsShown,
  heightOf,
  type Selection,
  selectedPeriod,
  stack,
} from "./histogram-model.ts";
import { useBucketSelection } from "./use-bucket-selection.ts";

const DAY = 86_400_000;

/** Of the height of the highest bar, so that one failure is seen: two of 72 pixels. */
const LOWEST_PIECE = 2 / 72;

/** Runs over time, a bar for each bucket, stacked by result. Dragging or the arrow keys narrow the period. */
export function Histogram({
  answer,
  shown,
  onNarrow,
}: {
  answer: RunsHistogramAnswer;
  shown: ReadonlySet<ResultWord>;
  onNarrow: (period: { since: string; until: string }) => void;
}) {
  const { picked, pointed, handlers } = useBucketSelection(answer, onNarrow);
  const read = picked ?? (pointed === undefined ? undefined : { from: pointed, to: pointed });
  return (
    <figure className="histogram">
      {/* biome-ignore lint/a11y/useSemanticElements: a group of bars that is picked from, for which there is no element */}
      <div
        className="histogram-bars"
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys pick buckets
        tabIndex={0}
        aria-label="Runs over time. Arrow keys pick a bar, Shift widens, Enter narrows the period to it."
        {...handlers}
      >
        <Bars answer={answer} shown={shown} />
        {read && <Marked selection={read} count={answer.buckets.length} isPicked={picked !== undefined} />}
      </div>
      <figcaption className="histogram-axis">
        <span>{axisTime(answer.since, answer)}</span>
        <output className="histogram-reading">
          {read && <Reading answer={answer} selection={read} shown={shown} />}
        </output>
        <span>{axisTime(answer.until, answer)}</span>
      </figcaption>
    </figure>
  );
}

function Bars({ answer, shown }: { answer: RunsHistogramAnswer; shown: ReadonlySet<ResultWord> }) {
  const bars = answer.buckets.map(({ startTime, counts }) => ({
    startTime,
    counts: countsShown(counts, shown),
  }));
  const highest = Math.max(1, ...bars.map(({ counts }) => heightOf(counts)));
  return (
    <svg viewBox={`0 0 ${bars.length} ${highest}`} preserveAspectRatio="none" aria-hidden="true">
      {bars.map(({ startTime, counts }, index) => (
        <g key={startTime}>
          {stack(counts, highest * LOWEST_PIECE).map(({ result, bottom, height }) => (
            <rect
              key={result}
              x={index + 0.06}
              width={0.88}
              y={highest - bottom - height}
              height={height}
              style={{ fill: resultLook(result).fill }}
            />
          ))}
        </g>
      ))}
    </svg>
  );
}

function Marked({ selection, count, isPicked }: { selection: Selection; count: number; isPicked: boolean }) {
  const left = Math.min(selection.from, selection.to);
  const width = Math.abs(selection.to - selection.from) + 1;
  return (
    <span
      className={isPicked ? "histogram-mark is-picked" : "histogram-mark"}
      style={{ left: `${(left / count) * 100}%`, width: `${(width / count) * 100}%` }}
    />
  );
}

function Reading({
  answer,
  selection,
  shown,
}: {
  answer: RunsHistogramAnswer;
  selection: Selection;
  shown: ReadonlySet<ResultWord>;
}) {
  const [first, last] = [Math.min(selection.from, selection.to), Math.max(selection.from, selection.to)];
  const counts = addCounts(answer.buckets.slice(first, last + 1).map((bucket) => bucket.counts));
  return (
    <>
      {formatPeriod(selectedPeriod(answer, selection))}
      {countsShown(counts, shown).map(({ result, count }) => (
        <span key={result} className="histogram-count">
          <Glyph result={result} isShort /> {formatCount(count)}
        </span>
      ))}
    </>
  );
}

function axisTime(time: string, { since, until }: RunsHistogramAnswer): string {
  const isLong = Date.parse(until) - Date.parse(since) > 3 * DAY;
  return isLong ? formatDay(time) : `${formatDay(time)} ${formatClock(time)}`;
}
