import type { TrendAnswer } from "../../../src/insight/answers/index.ts";
import { Chart } from "../shared/Chart.tsx";
import { chartOptions } from "./chart-options.ts";
import { BUCKET_MS, pointAt, trendColumns } from "./trend-data.ts";

/** In pixels; a fifth of it is for the failure rate. */
const HEIGHT = 220;

interface TrendChartProps {
  answer: TrendAnswer;
  /** The index of the point under the pointer. */
  onPoint: (index: number | undefined) => void;
  onNarrow: (period: { since: string; until: string }) => void;
}

/** The trend on canvas. What it shows is in the page as text too. */
export function TrendChart({ answer, onPoint, onNarrow }: TrendChartProps) {
  return (
    <Chart
      subject={answer}
      height={HEIGHT}
      draw={() => {
        const { times, p50, p95, failed } = trendColumns(answer);
        const options = chartOptions({
          answer,
          onIndex: (index) => onPoint(index === undefined ? undefined : pointAt(answer, times[index] ?? 0)),
          onSelect: ({ from, to }) => onNarrow(selectedPeriod(answer, { from, to })),
        });
        return { options, columns: [times, p50, p95, failed] };
      }}
    />
  );
}

function selectedPeriod(
  { bucket }: TrendAnswer,
  { from, to }: { from: number; to: number },
): { since: string; until: string } {
  const length = BUCKET_MS[bucket];
  const time = (seconds: number) => Math.round((seconds * 1000) / length) * length;
  const since = time(from);
  return {
    since: new Date(since).toISOString(),
    until: new Date(Math.max(time(to), since + length)).toISOString(),
  };
}
