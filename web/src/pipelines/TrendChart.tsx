import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import type { TrendAnswer } from "../../../src/insight/answers.ts";
import { useTheme } from "../shared/theme.ts";
import { chartOptions } from "./chart-options.ts";
import { BUCKET_MS, pointAt, trendColumns } from "./trend-data.ts";

interface TrendChartProps {
  answer: TrendAnswer;
  /** The index of the point under the pointer. */
  onPoint: (index: number | undefined) => void;
  onNarrow: (period: { since: string; until: string }) => void;
}

/** The trend on canvas. What it shows is in the page as text too, so it is hidden from screen readers. */
export function TrendChart({ answer, onPoint, onNarrow }: TrendChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const callbacks = useRef({ onPoint, onNarrow });
  callbacks.current = { onPoint, onNarrow };

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme's colours are read when the chart is made
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const { times, p50, p95, failed } = trendColumns(answer);
    const options = chartOptions({
      answer,
      width: element.clientWidth,
      onIndex: (index) =>
        callbacks.current.onPoint(index === undefined ? undefined : pointAt(answer, times[index] ?? 0)),
      onSelect: ({ from, to }) => callbacks.current.onNarrow(selectedPeriod(answer, { from, to })),
    });
    const chart = new uPlot(options, [times, p50, p95, failed], element);
    const observer = new ResizeObserver(() =>
      chart.setSize({ width: element.clientWidth, height: options.height }),
    );
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [answer, theme]);

  return <div ref={place} className="trend-chart" aria-hidden="true" />;
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
