/** Requests as rows. */
import type { ReceivedLog, ReceivedSpan } from "../../otlp/index.ts";
import type { Nanos } from "../../tekton/index.ts";
import { attributeText } from "../attribute-text.ts";
import type { Kept } from "../keepable.ts";
import type { EncodeRows } from "./batches.ts";
import type { RowWriter } from "./row-writer.ts";
import { SpanRows, serviceNameOf, writeAttributes } from "./span-rows.ts";

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
