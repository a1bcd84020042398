import { type MetricFilters, metricNames, metricPoints, type StoredPoint } from "../store/index.ts";
import { formatTime } from "../tekton/index.ts";
import type { MetricPoint, MetricPointsAnswer, MetricSeries, MetricsAnswer } from "./answers/index.ts";
import { type Given, type Parameter, QuestionError, quote } from "./parameters.ts";
import { question } from "./question.ts";
import { known } from "./run-row.ts";

const FILTERS: readonly Parameter[] = [
  { name: "since", kind: "time", description: "points from this time on" },
  { name: "until", kind: "time", description: "points before this time" },
  { name: "service", kind: "text", description: "points this service sent (service.name)" },
];

/** Which metrics are kept. */
export const METRICS = question<MetricsAnswer>({
  name: "metrics",
  path: "metrics",
  summary: "Metrics that are kept, by name",
  answerName: "MetricsAnswer",
  parameters: [
    ...FILTERS,
    { name: "limit", kind: "count", default: "1000", most: 10_000, description: "how many" },
  ],
  async answer({ store }, given) {
    const found = await store.select(metricNames(filtersOf(given), given.count("limit")));
    return {
      metrics: found.map(({ unit, lastNs, ...metric }) => ({
        ...metric,
        ...known("unit", unit),
        lastTime: formatTime(lastNs),
      })),
    };
  },
});

/** The data points of one metric. */
export const METRIC_POINTS = question<MetricPointsAnswer>({
  name: "metricPoints",
  path: "metrics/points",
  summary: "The latest data points of a metric, series by series",
  answerName: "MetricPointsAnswer",
  parameters: [
    { name: "name", kind: "text", isRequired: true, description: "name of the metric" },
    ...FILTERS,
    { name: "limit", kind: "count", default: "1000", most: 10_000, description: "how many points in all" },
  ],
  async answer({ store }, given) {
    const name = given.text("name") ?? "";
    const limit = given.count("limit");
    const found = await store.select(metricPoints(name, filtersOf(given), limit));
    const [first] = found;
    if (first === undefined)
      throw new QuestionError(`name: there are no points of a metric ${quote(name)}`, "notFound");
    const { kind, unit, temporality } = first;
    return {
      name,
      kind,
      ...known("unit", unit),
      ...known("temporality", temporality),
      series: seriesOf(found),
    };
  },
});

function filtersOf(given: Given): MetricFilters {
  return { sinceNs: given.time("since"), untilNs: given.time("until"), service: given.text("service") };
}

/** Points come series after series. */
function seriesOf(points: readonly StoredPoint[]): MetricSeries[] {
  const all = new Map<string, MetricSeries>();
  for (const point of points) {
    const series = all.get(point.series) ?? {
      service: point.service,
      attributes: point.attributes,
      points: [],
    };
    series.points.push(answerPoint(point));
    all.set(point.series, series);
  }
  return [...all.values()];
}

function answerPoint(point: StoredPoint): MetricPoint {
  const { kind, timeNs, startNs, value, count, sum, bounds, bucketCounts, quantileValues } = point;
  const when = {
    time: formatTime(timeNs),
    ...(startNs === 0n ? {} : { startTime: formatTime(startNs) }),
  };
  if (kind === "gauge" || kind === "sum") return { ...when, ...finite("value", value) };
  const counted = { ...when, count, ...finite("sum", sum) };
  if (kind !== "summary") return { ...counted, bounds, bucketCounts };
  const isKnown = (_: number, index: number) => Number.isFinite(quantileValues[index]);
  return {
    ...counted,
    quantiles: bounds.filter(isKnown),
    quantileValues: quantileValues.filter(isKnown),
  };
}

/** JSON cannot hold a number that is not finite: it is left out. A summary of nothing has such quantiles. */
function finite<Key extends string>(key: Key, value: number): Partial<Record<Key, number>> {
  return Number.isFinite(value) ? ({ [key]: value } as Record<Key, number>) : {};
}
