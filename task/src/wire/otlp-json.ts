/** OTLP's JSON encoding of what one command has to say: one span, or one data point. */

/** A value of an attribute. A number is sent as an integer when it is one. */
export type AttributeValue = string | number | boolean | readonly string[];
/** Those that are `undefined` are left out. */
export type Attributes = Readonly<Record<string, AttributeValue | undefined>>;

/** Who says it. */
export interface Origin {
  resource: Attributes;
  /** Name of the instrumentation scope. */
  scope: string;
}

/** A span, in the words of OTLP. */
export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  traceState: string | undefined;
  name: string;
  kind: typeof SpanKind.client;
  startNs: bigint;
  endNs: bigint;
  attributes: Attributes;
  links: readonly { traceId: string; spanId: string; traceState: string | undefined }[];
  /** Why it failed; nothing for a span that did not. */
  error: string | undefined;
}

/** `SpanKind` of OTLP, as far as it is used. */
export const SpanKind = { client: 3 } as const;
const STATUS_ERROR = 2;

/** An `ExportTraceServiceRequest` with that span, as JSON without line breaks. */
export function spanRequest({ resource, scope }: Origin, span: Span): string {
  const { startNs, endNs, attributes, error, ...rest } = span;
  const spans = [
    {
      ...rest,
      startTimeUnixNano: String(startNs),
      endTimeUnixNano: String(endNs),
      attributes: keyValues(attributes),
      status: error === undefined ? {} : { code: STATUS_ERROR, message: error },
    },
  ];
  const scopeSpans = [{ scope: { name: scope }, spans }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: keyValues(resource) }, scopeSpans }] });
}

/** `AggregationTemporality` of OTLP. */
export const Temporality = { delta: 1, cumulative: 2 } as const;

/** One data point of one metric. */
export interface Measurement {
  name: string;
  unit: string;
  value: number;
  attributes: Attributes;
  startNs: bigint;
  endNs: bigint;
  as:
    | { kind: "gauge" }
    | { kind: "sum"; temporality: number }
    | { kind: "histogram"; temporality: number; bounds: readonly number[] };
}

/** An `ExportMetricsServiceRequest` with that data point, as JSON without line breaks. */
export function metricRequest({ resource, scope }: Origin, measurement: Measurement): string {
  const { name, unit } = measurement;
  const scopeMetrics = [{ scope: { name: scope }, metrics: [{ name, unit, ...dataOf(measurement) }] }];
  return JSON.stringify({
    resourceMetrics: [{ resource: { attributes: keyValues(resource) }, scopeMetrics }],
  });
}

function dataOf({ value, attributes, startNs, endNs, as }: Measurement) {
  const point = { attributes: keyValues(attributes), timeUnixNano: String(endNs) };
  if (as.kind === "gauge") return { gauge: { dataPoints: [{ ...point, asDouble: value }] } };
  const interval = { ...point, startTimeUnixNano: String(startNs) };
  const aggregationTemporality = as.temporality;
  if (as.kind === "sum") {
    const sum = { dataPoints: [{ ...interval, asDouble: value }], aggregationTemporality, isMonotonic: true };
    return { sum };
  }
  const ofOne = {
    ...interval,
    count: "1",
    sum: value,
    min: value,
    max: value,
    ...bucketsOf(value, as.bounds),
  };
  return { histogram: { dataPoints: [ofOne], aggregationTemporality } };
}

/** A value on a bound belongs below it (OTLP, `HistogramDataPoint.explicit_bounds`). */
function bucketsOf(value: number, bounds: readonly number[]) {
  const position = bounds.findIndex((bound) => value <= bound);
  const bucket = position === -1 ? bounds.length : position;
  const bucketCounts = Array.from({ length: bounds.length + 1 }, (_, index) =>
    index === bucket ? "1" : "0",
  );
  return { explicitBounds: bounds, bucketCounts };
}

function keyValues(attributes: Attributes) {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [{ key, value: anyValue(value) }],
  );
}

function anyValue(value: AttributeValue): Record<string, unknown> {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number")
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  return { arrayValue: { values: value.map((each) => ({ stringValue: each })) } };
}
