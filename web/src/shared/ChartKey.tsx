import type { CSSProperties, ReactNode } from "react";
import "./chart.css";

/** What a line of a chart means, with how it looks; with `fill`, what an area in that colour means. */
export function ChartKey({
  look = "solid",
  fill,
  children,
}: {
  look?: "solid" | "dashed";
  /** A variable of `theme.css`. */
  fill?: `--${string}`;
  children: ReactNode;
}) {
  return (
    <span
      className="chart-key"
      data-look={fill === undefined ? look : "area"}
      style={{ "--fill": fill && `var(${fill})` } as CSSProperties}
    >
      {children}
    </span>
  );
}
