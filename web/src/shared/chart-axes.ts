import type uPlot from "uplot";
import { durationTicks } from "./duration-scale.ts";
import { formatDuration } from "./format.ts";
import { themeColour } from "./theme.ts";

/** Room at the left for the numbers of an axis, in pixels: charts below one another begin at the same place. */
const NUMBERS_WIDTH = 62;

/** How an axis looks in every chart. */
export function axisLook(): uPlot.Axis {
  const line = { stroke: themeColour("--line"), width: 1 };
  return {
    stroke: themeColour("--ink-faint"),
    grid: line,
    ticks: { ...line, size: 4 },
    font: `11px ${themeColour("--font")}`,
  };
}

/** The axis of scale `y` that ends at a nice duration, in milliseconds. */
export function durationAxis(): uPlot.Axis {
  return numberAxis({ splits: durationTicks, format: formatDuration });
}

/** The axis of scale `y`, which begins at 0: where its numbers stand, by its end, and how they are written. */
export function numberAxis({
  splits,
  format,
}: {
  splits: (end: number) => number[];
  format: (value: number) => string;
}): uPlot.Axis {
  return {
    ...axisLook(),
    scale: "y",
    size: NUMBERS_WIDTH,
    splits: (_chart, _axis, _low, high) => splits(high),
    values: (_chart, values) => values.map(format),
  };
}

/** Calls back with what was dragged over, in seconds, unless it is too narrow to be meant. */
export function onDragged(callback: (range: { from: number; to: number }) => void): (chart: uPlot) => void {
  return (chart) => {
    const { left, width } = chart.select;
    if (width >= 4) callback({ from: chart.posToVal(left, "x"), to: chart.posToVal(left + width, "x") });
  };
}
