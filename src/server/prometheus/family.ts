/** Metrics as Prometheus knows them, before they are text. */

/** A metric with its series. Its name is that of OpenMetrics: without `_total`. */
export interface Family {
  name: string;
  type: "counter" | "gauge" | "histogram";
  help: string;
  /** In words, as at the end of the name: `seconds`. Empty without one. */
  unit: string;
  series: Iterable<Series>;
}

/** One series; a histogram has `buckets`, its `value` is the sum. */
export interface Series {
  /** Written out by {@link labelText}; empty without any. */
  labels: string;
  value: number;
  /** Since when it counts, in seconds since 1970; of counters and histograms. */
  createdSeconds?: number;
  buckets?: Buckets;
}

/** How many were counted in each bucket, the last of which has no bound. */
export interface Buckets {
  bounds: readonly number[];
  counts: readonly number[];
}

/** Labels as between the braces. Names are valid already. */
export function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => labelPair(name, value))
    .join(",");
}

export function labelPair(name: string, value: string): string {
  return `${name}="${escaped(value)}"`;
}

function escaped(value: string): string {
  if (!/[\\\n"]/.test(value)) return value;
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

/** A family of one series without labels. */
export function single(
  family: Omit<Family, "series" | "unit"> & { unit?: string; value: number; createdSeconds?: number },
): Family {
  const { value, createdSeconds, unit = "", ...rest } = family;
  return {
    ...rest,
    unit,
    series: [{ labels: "", value, ...(createdSeconds !== undefined && { createdSeconds }) }],
  };
}
