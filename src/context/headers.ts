import { type ContextReading, invalid, readFields } from "./reading.ts";
import type { TraceContext } from "./trace-context.ts";
import { formatTraceparent } from "./traceparent.ts";

/** The W3C header names; `tracestate` and `baggage` only where the context has them. */
export interface ContextHeaders extends Record<string, string> {
  traceparent: string;
}

/**
 * Reads the context of an HTTP request, as `node:http` hands its headers over. Names count in any case. Several
 * `tracestate` or `baggage` headers are one list; several `traceparent` headers are invalid, as nobody can tell
 * which is right.
 */
export function readHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
): ContextReading {
  const valuesOf = (field: string) =>
    Object.entries(headers).flatMap(([name, value]) => (name.toLowerCase() === field ? (value ?? []) : []));
  const [traceparent, ...duplicates] = valuesOf("traceparent");
  if (duplicates.length > 0) return invalid(`${1 + duplicates.length} traceparent headers instead of one`);
  return readFields({
    traceparent,
    tracestate: valuesOf("tracestate").join(","),
    baggage: valuesOf("baggage").join(","),
  });
}

/** The context as HTTP headers; also the map form in which `status.spanContext` holds it. */
export function headersFor(context: TraceContext): ContextHeaders {
  const { tracestate, baggage } = context;
  return {
    traceparent: formatTraceparent(context),
    ...(tracestate && { tracestate }),
    ...(baggage && { baggage }),
  };
}
