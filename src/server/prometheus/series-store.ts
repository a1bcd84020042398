/** Series that are added to, as many as there is room for. */
import { rebucket } from "./buckets.ts";
import type { Family, Series } from "./family.ts";

/** The metric a series is of. */
export interface MetricShape extends Omit<Family, "series"> {
  /** Of histograms. */
  bounds: readonly number[];
}

/** Of a histogram `value` is the sum. */
export interface Amount {
  value: number;
  buckets?: { bounds: readonly number[]; counts: readonly number[] };
}

export interface Addition {
  shape: MetricShape;
  /** Written out. */
  labels: string;
  /** `set`: the value is what it is now, unless one of a later time is there. */
  how: "set" | "add";
  timeNs: bigint;
  amount: Amount;
}

/** The labels of the one series for all that has no room of its own (OpenTelemetry specification, "Cardinality limits"). */
export const OVERFLOW = 'otel_metric_overflow="true"';

interface KeptFamily extends Omit<Family, "series"> {
  bounds: readonly number[];
  series: Map<string, KeptSeries>;
}

interface KeptSeries extends Series {
  timeNs: bigint;
}

/**
 * Adds amounts to series. From `most` series on, those of a family that are new are one; a family that is new has no
 * place at all. So there are twice as many at most.
 */
export class SeriesStore {
  readonly #most: number;
  readonly #families = new Map<string, KeptFamily>();
  /** Names that lines of a family begin with. */
  readonly #names = new Set<string>();
  #size = 0;

  constructor(most: number) {
    this.#most = most;
  }

  /** How many series there are. */
  get size(): number {
    return this.#size;
  }

  /** `overflow`: it has no series of its own. `conflict`: its name is taken by another sort of metric, and nothing was added. */
  add(addition: Addition): "added" | "overflow" | "conflict" {
    const { shape, labels } = addition;
    const family = this.#familyOf(shape);
    if (typeof family === "string") return family;
    const isFull = this.#size >= this.#most && !family.series.has(labels);
    this.#addTo(this.#seriesOf(family, isFull ? OVERFLOW : labels), { ...addition, shape: family });
    return isFull ? "overflow" : "added";
  }

  *families(): Generator<Family> {
    for (const family of this.#families.values()) yield { ...family, series: family.series.values() };
  }

  #addTo(series: KeptSeries, { shape, how, timeNs, amount }: Addition): void {
    if (how === "set" && series.timeNs > timeNs) return;
    series.timeNs = timeNs;
    series.value = how === "set" ? amount.value : series.value + amount.value;
    if (amount.buckets === undefined || series.buckets === undefined) return;
    series.buckets = sum(series.buckets.counts, inBounds(amount, shape.bounds), shape.bounds);
  }

  #familyOf(shape: MetricShape): KeptFamily | "overflow" | "conflict" {
    const found = this.#families.get(shape.name);
    if (found?.type === shape.type) return found;
    const names = namesOf(shape);
    if (names.some((name) => this.#names.has(name))) return "conflict";
    if (this.#size >= this.#most) return "overflow";
    const family = { ...shape, series: new Map<string, KeptSeries>() };
    this.#families.set(shape.name, family);
    for (const name of names) this.#names.add(name);
    return family;
  }

  #seriesOf(family: KeptFamily, labels: string): KeptSeries {
    const found = family.series.get(labels);
    if (found !== undefined) return found;
    const series = emptySeries(family, labels);
    family.series.set(labels, series);
    this.#size++;
    return series;
  }
}

/** All that the lines of a family are called in either format. */
function namesOf({ name, type }: MetricShape): string[] {
  if (type === "gauge") return [name];
  const parts = type === "counter" ? ["total", "created"] : ["bucket", "sum", "count", "created"];
  return [name, ...parts.map((part) => `${name}_${part}`)];
}

function emptySeries({ type, bounds }: KeptFamily, labels: string): KeptSeries {
  const series = { labels, value: 0, timeNs: 0n, createdSeconds: Date.now() / 1_000 };
  if (type !== "histogram") return series;
  return { ...series, buckets: { bounds, counts: new Array<number>(bounds.length + 1).fill(0) } };
}

/** The amount in buckets with these bounds. */
export function inBounds({ value, buckets }: Amount, bounds: readonly number[]): Amount {
  return buckets === undefined
    ? { value }
    : { value, buckets: { bounds, counts: rebucket(buckets, bounds) } };
}

/** Two amounts in the same buckets as one. */
export function together(a: Amount, b: Amount, bounds: readonly number[]): Amount {
  const value = a.value + b.value;
  return a.buckets === undefined ? { value } : { value, buckets: sum(a.buckets.counts, b, bounds) };
}

function sum(
  counts: readonly number[],
  { buckets }: Amount,
  bounds: readonly number[],
): Required<Amount>["buckets"] {
  return { bounds, counts: counts.map((count, index) => count + (buckets?.counts[index] ?? 0)) };
}
