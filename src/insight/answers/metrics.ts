/** Answers about metrics of any name. */

export interface MetricsAnswer {
  /** `kind` is `gauge`, `sum`, `histogram`, `exponentialHistogram` or `summary`. */
  metrics: { name: string; unit?: string; kind: string; series: number; points: number; lastTime: string }[];
}

export interface MetricPointsAnswer {
  name: string;
  unit?: string;
  kind: string;
  /** `delta` or `cumulative`. */
  temporality?: string;
  series: MetricSeries[];
}

export interface MetricSeries {
  service: string;
  attributes: Record<string, string>;
  /** In order of time. */
  points: MetricPoint[];
}

/**
 * Gauges and sums have a `value`, histograms upper bounds of all buckets but the last, summaries quantiles. What is not a
 * finite number is left out.
 */
export interface MetricPoint {
  time: string;
  /** Since when it counts. */
  startTime?: string;
  value?: number;
  count?: number;
  sum?: number;
  bounds?: number[];
  bucketCounts?: number[];
  quantiles?: number[];
  quantileValues?: number[];
}
