/** Metrics as tasks send them of themselves, after they were received. */
import type { ReceivedMetric } from "../src/otlp/index.ts";

const BEGIN_NS = 1_787_044_800_000_000_000n;

/** So many seconds after an hour on which tests agree. */
export function secondNs(seconds: number): bigint {
  return BEGIN_NS + BigInt(seconds) * 1_000_000_000n;
}

export interface MeasuredBy {
  task: string;
  pipeline?: string;
  result?: string;
  artifact?: string;
  /** Of the resource. */
  service?: string;
}

export interface When {
  startNs?: bigint;
  timeNs: bigint;
  /** 1 since the last point, 2 since the start. */
  temporality?: number;
}

/** `tekton.task.completions` or `tekton.task.artifact.size`. */
export function numberMetric(
  name: "completions" | "artifact.size",
  by: MeasuredBy,
  { value, temporality = 1, ...when }: When & { value: bigint | number },
): ReceivedMetric {
  const points = [{ ...pointOf(by, when), value, exemplars: [] }];
  if (name === "artifact.size") return metricOf(by, { name, unit: "By" }, { kind: "gauge", points });
  return metricOf(
    by,
    { name, unit: "{completion}" },
    { kind: "sum", temporality, isMonotonic: true, points },
  );
}

interface Durations extends When {
  seconds: number[];
  /** Explicit ones; an exponential histogram of `scale` without. */
  bounds?: number[];
  scale?: number;
  hasExtremes?: boolean;
}

/** `tekton.task.duration`. */
export function durationMetric(by: MeasuredBy, durations: Durations): ReceivedMetric {
  const { seconds, bounds, scale = 0, temporality = 1, hasExtremes = true, ...when } = durations;
  const summed = {
    ...pointOf(by, when),
    count: BigInt(seconds.length),
    sum: seconds.reduce((sum, each) => sum + each, 0),
    min: hasExtremes ? Math.min(...seconds) : undefined,
    max: hasExtremes ? Math.max(...seconds) : undefined,
    exemplars: [],
  };
  const named = { name: "duration", unit: "s" };
  if (bounds !== undefined) {
    const point = { ...summed, explicitBounds: bounds, bucketCounts: countInto(bounds, seconds) };
    return metricOf(by, named, { kind: "histogram", temporality, points: [point] });
  }
  const indexes = seconds.map((value) => Math.ceil(Math.log2(value) * 2 ** scale) - 1);
  const offset = Math.min(...indexes);
  const counts = Array.from({ length: Math.max(...indexes) - offset + 1 }, (_, at) =>
    BigInt(indexes.filter((index) => index === offset + at).length),
  );
  const exponential = {
    ...summed,
    ...{ scale, zeroCount: 0n, zeroThreshold: 0 },
    positive: { offset, bucketCounts: counts },
    negative: { offset: 0, bucketCounts: [] },
  };
  return metricOf(by, named, { kind: "exponentialHistogram", temporality, points: [exponential] });
}

function countInto(bounds: readonly number[], values: readonly number[]): bigint[] {
  const bucketOf = (value: number) => {
    const found = bounds.findIndex((bound) => value <= bound);
    return found === -1 ? bounds.length : found;
  };
  const places = values.map(bucketOf);
  return Array.from({ length: bounds.length + 1 }, (_, at) => BigInt(places.filter((p) => p === at).length));
}

function pointOf({ task, pipeline, result, artifact }: MeasuredBy, { startNs = BEGIN_NS, timeNs }: When) {
  const known = {
    "tekton.task.name": task,
    "tekton.pipeline.name": pipeline,
    "cicd.pipeline.task.run.result": result,
    "artifact.name": artifact,
  };
  const attributes = Object.fromEntries(
    Object.entries(known).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
  return { attributes, startNs, timeNs, flags: 0 };
}

function metricOf(
  { service = "build" }: MeasuredBy,
  { name, unit }: { name: string; unit: string },
  data: ReceivedMetric["data"],
): ReceivedMetric {
  return {
    resource: { attributes: { "service.name": service }, droppedAttributesCount: 0, schemaUrl: "" },
    scope: { name: "tasks", version: "1", attributes: {}, droppedAttributesCount: 0, schemaUrl: "" },
    name: `tekton.task.${name}`,
    description: "",
    unit,
    data,
  };
}
