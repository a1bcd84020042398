/** How uPlot draws what a task measured. All charts of a page have the same axis of time. */
import uPlot from "uplot";
import type { TaskMetricsAnswer } from "../../../src/insight/answers/index.ts";
import type { Drawing } from "../shared/Chart.tsx";
import { axisLook, durationAxis, numberAxis, onDragged } from "../shared/chart-axes.ts";
import { niceDuration } from "../shared/duration-scale.ts";
import { formatBytes, formatClock, formatCount, formatDay, formatTime } from "../shared/format.ts";
import { themeColour } from "../shared/theme.ts";
import {
  type Columns,
  completionColumns,
  durationColumns,
  type Layer,
  niceAmount,
  sizeColumns,
} from "./task-data.ts";

/** What a chart tells of the pointer. */
export interface Pointing {
  /** The bucket under it. */
  onBucket: (bucket: number | undefined) => void;
  onNarrow: (period: { since: string; until: string }) => void;
}

/** Lines for the percentiles; for the mean where there are none. */
export function drawDurations(answer: TaskMetricsAnswer, pointing: Pointing): Drawing {
  return drawing({
    answer,
    pointing,
    columns: durationColumns(answer),
    end: niceDuration,
    axis: durationAxis(),
    series: [line("--ink", 1.75), { ...line("--ink-faint", 1), dash: [4, 3] }],
  });
}

/** Stacked bars, the unusual on top. */
export function drawCompletions(
  answer: TaskMetricsAnswer,
  layers: readonly Layer[],
  pointing: Pointing,
): Drawing {
  return drawing({
    answer,
    pointing,
    columns: completionColumns(answer, layers),
    end: (most) => Math.max(2, niceAmount(most)),
    axis: numberAxis({ splits: halves, format: formatCount }),
    series: layers.toReversed().map(({ fill }) => bars(themeColour(fill))),
  });
}

/** The size of an artifact. */
export function drawSizes(
  answer: TaskMetricsAnswer,
  artifact: TaskMetricsAnswer["artifacts"][number],
  pointing: Pointing,
): Drawing {
  return drawing({
    answer,
    pointing,
    columns: sizeColumns(answer, artifact),
    end: niceAmount,
    axis: numberAxis({ splits: halves, format: formatBytes }),
    series: [line("--ink", 1.5)],
  });
}

interface Parts {
  answer: TaskMetricsAnswer;
  pointing: Pointing;
  columns: Columns;
  /** Where the axis ends whose highest value is given. */
  end: (most: number) => number;
  axis: uPlot.Axis;
  series: uPlot.Series[];
}

function drawing({ answer, pointing, columns, end, axis, series }: Parts): Drawing {
  const { onBucket, onNarrow } = pointing;
  const isoTime = (seconds: number) => new Date(Math.round(seconds * 1000)).toISOString();
  return {
    columns: [columns.times, ...columns.series],
    options: {
      legend: { show: false },
      padding: [8, 26, 0, 0],
      cursor: { y: false, drag: { setScale: false, x: true, y: false }, sync: { key: "task" } },
      scales: {
        x: { time: true, range: [Date.parse(answer.since) / 1000, Date.parse(answer.until) / 1000] },
        y: { range: (_chart, _low, high) => [0, end(Math.max(1, high ?? 1))] },
      },
      axes: [timeAxis(), axis],
      series: [{}, ...series.slice(0, columns.series.length)],
      hooks: {
        setCursor: [({ cursor }) => onBucket(cursor.idx ?? undefined)],
        setSelect: [onDragged(({ from, to }) => onNarrow({ since: isoTime(from), until: isoTime(to) }))],
      },
    },
  };
}

const DAY_SECONDS = 86_400;

/** How far apart labels of time may be, in seconds: none is finer than what it can say. */
const STEPS_SECONDS = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60),
  ...[1, 2, 3, 6, 12].map((hours) => hours * 3600),
  ...[1, 2, 4, 7, 14, 28, 91, 365].map((days) => days * DAY_SECONDS),
];

function timeAxis(): uPlot.Axis {
  return {
    ...axisLook(),
    grid: { show: false },
    space: 60,
    size: 28,
    incrs: STEPS_SECONDS,
    values: (_chart, times, _axis, _space, step) =>
      times.map((seconds) => timeLabel(seconds * 1000, { stepSeconds: step })),
  };
}

/** As exact as the distance to the next label asks for. */
function timeLabel(timeMs: number, { stepSeconds }: { stepSeconds: number }): string {
  if (stepSeconds >= DAY_SECONDS) return formatDay(timeMs).slice("2026-".length);
  return stepSeconds >= 60 ? formatClock(timeMs) : formatTime(timeMs).slice("2026-11-08 ".length);
}

/** Measured points are marked; what lies between them is a guess. */
function line(colour: `--${string}`, width: number): uPlot.Series {
  const stroke = themeColour(colour);
  return { scale: "y", stroke, width, spanGaps: true, points: { show: true, size: 4, fill: stroke, stroke } };
}

function bars(fill: string): uPlot.Series {
  const paths = uPlot.paths.bars?.({ size: [0.7, 24] });
  return { scale: "y", fill, points: { show: false }, ...(paths && { paths }) };
}

function halves(end: number): number[] {
  return [0, end / 2, end];
}
