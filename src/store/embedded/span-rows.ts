/** Spans as rows of `spans`, column by column in the order of `SPAN_COLUMNS`, then type and version. */
import type { ReceivedAttributes, ReceivedResource, ReceivedSpan, ReceivedValue } from "../../otlp/index.ts";
import { attributeText } from "../attribute-text.ts";
import { spanTypeOf } from "../span-type.ts";
import { kindWord, statusWord } from "../span-words.ts";
import { RowWriter } from "./row-writer.ts";

/** What comes with a resource's spans, encoded once for all of them. */
interface EncodedResource {
  serviceName: string;
  attributes: Uint8Array;
}

export class SpanRows {
  readonly #resources = new Map<ReceivedResource, EncodedResource>();
  readonly #out: RowWriter;

  /** Good for the spans of one request. */
  constructor(out: RowWriter) {
    this.#out = out;
  }

  add(span: ReceivedSpan, version: bigint): void {
    const out = this.#out;
    const resource = this.#encoded(span.resource);
    out.int64(span.startNs);
    out.text(span.traceId);
    out.text(span.spanId);
    out.text(span.parentSpanId ?? "");
    out.text(span.traceState ?? "");
    out.text(span.name);
    out.text(kindWord(span.kind));
    out.text(resource.serviceName);
    out.raw(resource.attributes);
    out.text(span.scope.name);
    out.text(span.scope.version);
    writeAttributes(span.attributes, out);
    out.int64(span.endNs > span.startNs ? span.endNs - span.startNs : 0n);
    out.text(statusWord(span.statusCode));
    out.text(span.statusMessage ?? "");
    writeEvents(span, out);
    writeLinks(span, out);
    out.text(spanTypeOf(span));
    out.int64(version);
  }

  #encoded(resource: ReceivedResource): EncodedResource {
    const known = this.#resources.get(resource);
    if (known !== undefined) return known;
    const writer = new RowWriter();
    writeAttributes(resource.attributes, writer);
    const encoded = { serviceName: serviceNameOf(resource), attributes: writer.written() };
    this.#resources.set(resource, encoded);
    return encoded;
  }
}

export function serviceNameOf({ attributes }: ReceivedResource): string {
  return attributeText(attributes["service.name"] ?? "");
}

export function writeAttributes(attributes: ReceivedAttributes, out: RowWriter): void {
  const keys = Object.keys(attributes);
  out.size(keys.length);
  for (let index = 0; index < keys.length; index++) {
    const key = keys[index] as string;
    const value = attributes[key] as ReceivedValue;
    out.text(key);
    out.text(typeof value === "string" ? value : attributeText(value));
  }
}

function writeEvents({ events }: ReceivedSpan, out: RowWriter): void {
  out.size(events.length);
  for (const { timeNs } of events) out.int64(timeNs);
  out.size(events.length);
  for (const { name } of events) out.text(name);
  out.size(events.length);
  for (const { attributes } of events) writeAttributes(attributes, out);
}

function writeLinks({ links }: ReceivedSpan, out: RowWriter): void {
  out.size(links.length);
  for (const { traceId } of links) out.text(traceId);
  out.size(links.length);
  for (const { spanId } of links) out.text(spanId);
  out.size(links.length);
  for (const { traceState } of links) out.text(traceState ?? "");
  out.size(links.length);
  for (const { attributes } of links) writeAttributes(attributes, out);
}
