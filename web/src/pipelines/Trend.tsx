import { useState } from "react";
import type { TrendAnswer } from "../../../src/insight/answers/index.ts";
import { ChartKey } from "../shared/ChartKey.tsx";
import {
  formatChange,
  formatDuration,
  formatMany,
  formatPeriod,
  formatShare,
  formatTime,
  utcDay,
} from "../shared/format.ts";
import "./trend.css";
import { TrendChart } from "./TrendChart.tsx";
import { BUCKET_MS, failureShare } from "./trend-data.ts";

/** Median and 95th percentile over time, the failure rate under them, and where the median changed for good. */
export function Trend({
  answer,
  onNarrow,
}: {
  answer: TrendAnswer;
  onNarrow: (period: { since: string; until: string }) => void;
}) {
  const [pointed, setPointed] = useState<number>();
  if (answer.points.length === 0) return <p className="soft">No run has ended in this period.</p>;
  return (
    <>
      <div className="chart-reading">
        <ChartKey>p50</ChartKey>
        <ChartKey look="dashed">p95</ChartKey>
        <ChartKey fill="--failure-fill">
          failed, {formatShare(Math.max(...answer.points.map(failureShare)))} at most
        </ChartKey>
        <Reading answer={answer} index={pointed} />
      </div>
      <TrendChart answer={answer} onPoint={setPointed} onNarrow={onNarrow} />
      <Changes answer={answer} />
    </>
  );
}

function Reading({ answer, index }: { answer: TrendAnswer; index: number | undefined }) {
  const point = index === undefined ? undefined : answer.points[index];
  if (point === undefined) return null;
  const start = Date.parse(point.startTime);
  const when =
    answer.bucket === "day"
      ? utcDay(start / 1000)
      : formatPeriod({ since: start, until: start + BUCKET_MS.hour });
  return (
    <output className="chart-values">
      {when}: {formatMany(point.runs, "run")}, p50 {formatDuration(point.p50Ms)}, p95{" "}
      {formatDuration(point.p95Ms)}, {formatShare(failureShare(point))} failed
    </output>
  );
}

function changeTime({ bucket }: TrendAnswer, time: string): string {
  return bucket === "day" ? utcDay(Date.parse(time) / 1000) : formatTime(time);
}

/** The marks in the chart, in words. */
function Changes({ answer }: { answer: TrendAnswer }) {
  if (answer.changes.length === 0) return null;
  return (
    <ul className="trend-changes">
      {answer.changes.map(({ startTime, beforeMs, afterMs }) => (
        <li key={startTime} data-longer={afterMs > beforeMs}>
          <b>{formatChange(afterMs - beforeMs)}</b> since {changeTime(answer, startTime)}: the median went
          from {formatDuration(beforeMs)} to {formatDuration(afterMs)}
        </li>
      ))}
    </ul>
  );
}
