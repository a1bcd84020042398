import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import "./chart.css";
import { useTheme } from "./theme.ts";

/** What uPlot is given, but for its size. */
export interface Drawing {
  options: Omit<uPlot.Options, "width" | "height">;
  columns: uPlot.AlignedData;
}

/**
 * A chart on canvas, as wide as its place. It is drawn anew when its subject or the theme changes. Say what it shows in text
 * too: it is hidden from screen readers.
 */
export function Chart<Subject>({
  subject,
  height,
  draw,
}: {
  subject: Subject;
  /** In pixels, kept free before it is drawn. */
  height: number;
  /** Called when the theme's colours can be read. */
  draw: (subject: Subject) => Drawing;
}) {
  const place = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const latest = useRef(draw);
  latest.current = draw;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme's colours are read when the chart is made
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const { options, columns } = latest.current(subject);
    const chart = new uPlot({ ...options, width: element.clientWidth, height }, columns, element);
    const observer = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      chart.destroy();
    };
  }, [subject, theme, height]);

  return <div ref={place} className="chart" style={{ minHeight: height }} aria-hidden="true" />;
}
