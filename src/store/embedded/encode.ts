/** Requests as rows: which of their items can be kept, and how they are written. */
import type { ReceivedLog, ReceivedSpan } from "../../otlp/index.ts";
import type { Nanos } from "../../tekton/index.ts";
import { attributeText } from "../attribute-text.ts";
import { timeFault, weekOf } from "../times.ts";
import { type EncodeRows, MAX_WEEKS_OF_REQUEST } from "./batches.ts";
import type { RowWriter } from "./row-writer.ts";
import { SpanRows, serviceNameOf, writeAttributes } from "./span-rows.ts";

/** What is kept of a request, and why the rest is not: the reason of the first. */
export interface Kept<Item> {
  items: Item[];
  weeks: Set<number>;
  rejected: number;
  reason: string;
}

/** Leaves out what lies at a time that cannot be stored, and what would spread one request over too many weeks. */
export function keepable<Item>(items: readonly Item[], timeOf: (item: Item) => Nanos): Kept<Item> {
  const kept: Kept<Item> = { items: [], weeks: new Set(), rejected: 0, reason: "" };
  for (const item of items) {
    const timeNs = timeOf(item);
    const fault = timeFault(timeNs) ?? admitWeek(kept.weeks, weekOf(timeNs));
    if (fault === undefined) {
      kept.items.push(item);
      continue;
    }
    kept.rejected++;
    kept.reason ||= fault;
  }
  return kept;
}

function admitWeek(weeks: Set<number>, week: number): string | undefined {
  if (weeks.has(week)) return undefined;
  if (weeks.size >= MAX_WEEKS_OF_REQUEST) return `one request covers more than ${MAX_WEEKS_OF_REQUEST} weeks`;
  weeks.add(week);
  return undefined;
}

/** Versions of rows: those of what is over are above those of what is not, later ones above earlier ones. */
export class Versions {
  #last = 0n;

  /** For the rows of one request. */
  next(): { provisional: bigint; final: bigint } {
    const now = BigInt(Date.now()) << 16n;
    this.#last = now > this.#last ? now : this.#last + 1n;
    return { provisional: this.#last, final: this.#last | (1n << 63n) };
  }
}

export function encodeSpans({ items, weeks }: Kept<ReceivedSpan>, versions: Versions): EncodeRows {
  return (out) => {
    const { provisional, final } = versions.next();
    const rows = new SpanRows(out);
    for (const span of items) rows.add(span, isProvisional(span) ? provisional : final);
    return { count: items.length, weeks };
  };
}

function isProvisional({ attributes }: ReceivedSpan): boolean {
  return attributes["throughline.provisional"] === true;
}

/** A record without a time happened when it was seen. */
export function timeOfLog({ timeNs, observedTimeNs }: ReceivedLog): Nanos {
  return timeNs === 0n ? observedTimeNs : timeNs;
}

export function encodeLogs({ items, weeks }: Kept<ReceivedLog>, versions: Versions): EncodeRows {
  return (out) => {
    const { final } = versions.next();
    for (const log of items) writeLog(log, { out, version: final });
    return { count: items.length, weeks };
  };
}

function writeLog(log: ReceivedLog, { out, version }: { out: RowWriter; version: bigint }): void {
  out.int64(timeOfLog(log));
  out.text(log.traceId ?? "");
  out.text(log.spanId ?? "");
  out.text(log.severityText);
  out.int32(log.severityNumber);
  out.text(serviceNameOf(log.resource));
  out.text(log.eventName);
  out.text(attributeText(log.body));
  writeAttributes(log.resource.attributes, out);
  out.text(log.scope.name);
  writeAttributes(log.attributes, out);
  out.int64(version);
}
