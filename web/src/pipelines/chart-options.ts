import uPlot from "uplot";
import type { TrendAnswer } from "../../../src/insight/answers/index.ts";
import type { Drawing } from "../shared/Chart.tsx";
import { axisLook, durationAxis, onDragged } from "../shared/chart-axes.ts";
import { niceDuration } from "../shared/duration-scale.ts";
import { formatChange, formatClock, formatShare, utcDay } from "../shared/format.ts";
import { themeColour } from "../shared/theme.ts";
import { BUCKET_MS } from "./trend-data.ts";

/** The failure rate is drawn as if 1 were so many times higher than the chart: it stays at the foot. */
const FAILED_HEADROOM = 4;

interface ChartInput {
  answer: TrendAnswer;
  onIndex: (index: number | undefined) => void;
  /** In seconds. */
  onSelect: (range: { from: number; to: number }) => void;
}

/** How uPlot draws the trend: lines for the durations, bars at the foot for the failure rate, a line where the median changed. */
export function chartOptions({ answer, onIndex, onSelect }: ChartInput): Drawing["options"] {
  const firstTime = secondsOf(answer.points.at(0)?.startTime);
  const lastTime = secondsOf(answer.points.at(-1)?.startTime);
  // Half a bucket on both sides, so that the first and the last bar are whole.
  const margin = BUCKET_MS[answer.bucket] / 2000;
  return {
    tzDate: (seconds) => (answer.bucket === "day" ? asIfUtc(seconds) : new Date(seconds * 1000)),
    legend: { show: false },
    padding: [18, 8, 0, 0],
    cursor: { y: false, drag: { setScale: false, x: true, y: false }, points: { size: 6 } },
    scales: {
      x: { time: true, range: [firstTime - margin, lastTime + margin] },
      y: { range: (_chart, _low, high) => [0, niceDuration(Math.max(1, high * 1.02))] },
      share: { range: (_chart, _low, high) => [0, Math.max(0.05, high) * FAILED_HEADROOM] },
    },
    axes: [timeAxis(answer), durationAxis(), { scale: "share", show: false }],
    series: [
      {},
      { scale: "y", stroke: themeColour("--ink"), width: 1.75, points: { size: 4 } },
      { scale: "y", stroke: themeColour("--ink-faint"), width: 1, dash: [4, 3], points: { show: false } },
      failedBars(),
    ],
    hooks: {
      setCursor: [({ cursor }) => onIndex(cursor.idx ?? undefined)],
      setSelect: [onDragged(onSelect)],
      draw: [(chart) => drawChanges(chart, answer.changes)],
    },
  };
}

function secondsOf(time = "1970-01-01T00:00:00Z"): number {
  return Date.parse(time) / 1000;
}

/** Days are counted in UTC, wherever the reader is. */
function asIfUtc(seconds: number): Date {
  return uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC");
}

function failedBars(): uPlot.Series {
  const paths = uPlot.paths.bars?.({ size: [0.6, 24], align: 0 });
  return {
    scale: "share",
    fill: themeColour("--failure-fill"),
    points: { show: false },
    value: (_chart, share) => formatShare(share),
    ...(paths && { paths }),
  };
}

function timeAxis({ bucket }: TrendAnswer): uPlot.Axis {
  const label = (seconds: number) =>
    bucket === "day" ? utcDay(seconds).slice(5) : formatClock(seconds * 1000);
  const steps = STEPS[bucket].map((buckets) => (buckets * BUCKET_MS[bucket]) / 1000);
  return {
    ...axisLook(),
    grid: { show: false },
    space: 60,
    size: 28,
    incrs: steps,
    values: (_chart, times) => times.map(label),
  };
}

/** How many buckets a label may stand for. */
const STEPS = { hour: [1, 2, 3, 6, 12, 24], day: [1, 2, 4, 7, 14, 28, 91, 365] };

/** Upright lines with the change of the median beside them. */
function drawChanges({ ctx, bbox, valToPos }: uPlot, changes: TrendAnswer["changes"]): void {
  ctx.save();
  ctx.font = `600 ${11 * devicePixelRatio}px ${themeColour("--font")}`;
  for (const { startTime, beforeMs, afterMs } of changes) {
    const x = Math.round(valToPos(Date.parse(startTime) / 1000, "x", true));
    const colour = themeColour(afterMs > beforeMs ? "--longer" : "--shorter");
    const label = formatChange(afterMs - beforeMs);
    const fits = x + 6 + ctx.measureText(label).width < bbox.left + bbox.width;
    ctx.textAlign = fits ? "left" : "right";
    ctx.fillStyle = colour;
    ctx.fillRect(x, bbox.top - 14 * devicePixelRatio, devicePixelRatio, bbox.height + 14 * devicePixelRatio);
    ctx.fillText(label, x + (fits ? 5 : -5) * devicePixelRatio, bbox.top - 4 * devicePixelRatio);
  }
  ctx.restore();
}
