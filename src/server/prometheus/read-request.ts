/** What a request with metrics adds, series by series: that is little, however many points it has. */
import { createHash } from "node:crypto";
import type { ReceivedMetric, ReceivedResource } from "../../otlp/index.ts";
import { type Measurement, measurementsOf, shapeOf } from "./measurement.ts";
import { type Addition, inBounds, type MetricShape, OVERFLOW, together } from "./series-store.ts";

/** As many series, and as many cumulative points, of one request; the rest of each metric is one series. */
const MOST_ADDITIONS = 2_000;
const MOST_GROWTHS = 20_000;

/** A cumulative point: what it adds depends on the one before. */
export interface Growth extends Addition {
  /** Names the stream it is of. */
  stream: string;
  startNs: bigint;
}

export interface MetricsReading {
  additions: Map<string, Addition>;
  growths: Growth[];
  /** Points that have no series of their own, and those that Prometheus has no words for. */
  overflow: number;
  unsupported: number;
  /** The same when the request is sent again. */
  fingerprint: string;
}

export function readRequest(metrics: readonly ReceivedMetric[]): MetricsReading {
  const reading = { additions: new Map(), growths: [], overflow: 0, unsupported: 0, fingerprint: "" };
  const request = new Fingerprint();
  const textOf = resourceTexts();
  for (const metric of metrics) {
    const shape = shapeOf(metric);
    const whose = `${metric.name}\n${metric.scope.name}\n${textOf(metric.resource)}`;
    request.add(`${metric.data.kind}\n${whose}`);
    if (shape === undefined) reading.unsupported += metric.data.points.length;
    else
      for (const measurement of measurementsOf(metric)) {
        if (measurement === undefined) reading.unsupported++;
        else request.add(readPoint(measurement, { shape, whose, reading }));
      }
  }
  return { ...reading, fingerprint: request.finish() };
}

/** A hash of many short texts. */
class Fingerprint {
  readonly #hash = createHash("sha1");
  #waiting = "";

  add(text: string): void {
    this.#waiting += text;
    // Each call of the hash costs as much as a thousand characters.
    if (this.#waiting.length > 32_768) this.#flush();
  }

  finish(): string {
    this.#flush();
    return this.#hash.digest("base64");
  }

  #flush(): void {
    this.#hash.update(this.#waiting);
    this.#waiting = "";
  }
}

/** A resource comes as the same object with each of its metrics. */
function resourceTexts(): (resource: ReceivedResource) => string {
  const texts = new Map<ReceivedResource, string>();
  return (resource) => {
    const text = texts.get(resource) ?? attributesText(resource.attributes);
    texts.set(resource, text);
    return text;
  };
}

/** JSON has no integers of 64 bits. */
function attributesText(attributes: object): string {
  return JSON.stringify(attributes, (_key, value: unknown) =>
    typeof value === "bigint" ? `${value}n` : value,
  );
}

/** Answers what tells this point from others. */
function readPoint(
  { labels, how, point, value, buckets }: Measurement,
  { shape, whose, reading }: { shape: MetricShape; whose: string; reading: MetricsReading },
): string {
  const amount = buckets === undefined ? { value } : { value, buckets };
  const { startNs, timeNs } = point;
  const common = { shape, labels, timeNs, amount: inBounds(amount, shape.bounds) };
  if (how !== "grow") addTo(reading, { ...common, how });
  else if (reading.growths.length >= MOST_GROWTHS) reading.overflow++;
  else {
    const stream = streamName(`${whose}\n${attributesText(point.attributes)}\n${startNs}`);
    reading.growths.push({ ...common, how: "add", stream, startNs });
  }
  const counted = buckets === undefined ? "" : `${buckets.bounds.join()} ${buckets.counts.join()}`;
  return `${how} ${labels}\n${startNs} ${timeNs} ${value} ${counted}\n`;
}

function streamName(text: string): string {
  return createHash("sha1").update(text).digest("base64");
}

function addTo(reading: MetricsReading, addition: Addition): void {
  const own = keyOf(addition, addition.labels);
  if (reading.additions.has(own) || reading.additions.size < MOST_ADDITIONS) {
    merge(reading.additions, own, addition);
    return;
  }
  reading.overflow++;
  const shared = keyOf(addition, OVERFLOW);
  if (reading.additions.has(shared) || reading.additions.size < 2 * MOST_ADDITIONS)
    merge(reading.additions, shared, { ...addition, labels: OVERFLOW });
}

function keyOf({ shape: { name, type } }: Addition, labels: string): string {
  return `${type} ${name}{${labels}}`;
}

function merge(additions: Map<string, Addition>, key: string, addition: Addition): void {
  const before = additions.get(key);
  if (before === undefined) additions.set(key, addition);
  else if (addition.how === "add") {
    const { bounds } = before.shape;
    const amount = together(before.amount, inBounds(addition.amount, bounds), bounds);
    additions.set(key, { ...before, timeNs: addition.timeNs, amount });
  } else if (addition.timeNs >= before.timeNs) additions.set(key, addition);
}
