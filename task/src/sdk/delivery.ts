/** Requests of spans and metrics, from the SDK's own objects to where the environment wants them. */
import {
  JsonMetricsSerializer,
  JsonTraceSerializer,
  ProtobufMetricsSerializer,
  ProtobufTraceSerializer,
} from "@opentelemetry/otlp-transformer";
import type { ResourceMetrics } from "@opentelemetry/sdk-metrics";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import type { HttpDestination } from "../wire/endpoint.ts";
import { appendToSpool } from "../wire/spool.ts";
import type { Losses } from "./losses.ts";
import type { Outbox } from "./outbox.ts";

/** Where finished spans and collected metrics go. Both return at once and never throw. */
export interface Delivery {
  spans(spans: readonly ReadableSpan[]): void;
  metrics(metrics: ResourceMetrics): void;
}

/** The longest line of a spool, so that one write stays one piece. */
const MAXIMUM_LINE_BYTES = 64 * 1024;

/** Appends OTLP/JSON lines to the file (OTLP file exporter), each written when the call returns. */
export function spoolDelivery(path: string, losses: Losses): Delivery {
  const append = (count: number, body: Uint8Array | undefined) =>
    guarded({ losses, count }, () => appendToSpool(path, Buffer.from(body ?? []).toString("utf8")));
  const spans = (batch: readonly ReadableSpan[]): void => {
    const body = JsonTraceSerializer.serializeRequest([...batch]);
    const isTooLong = (body?.length ?? 0) >= MAXIMUM_LINE_BYTES;
    if (!isTooLong) append(batch.length, body);
    else if (batch.length === 1) losses.add(1, "a span is larger than 64 KiB");
    else for (const half of halves(batch)) spans(half);
  };
  return {
    spans: (batch) => guarded({ losses, count: batch.length }, () => spans(batch)),
    metrics: (metrics) => {
      for (const part of oneByOne(metrics)) append(1, JsonMetricsSerializer.serializeRequest(part));
    },
  };
}

/** Hands requests to the outbox, in the encoding that the environment asks for. */
export function httpDelivery(given: { to: HttpDestination; outbox: Outbox; losses: Losses }): Delivery {
  const { to, outbox, losses } = given;
  const isJson = to.encoding === "json";
  const contentType = isJson ? "application/json" : "application/x-protobuf";
  const accept = (count: number, body: Uint8Array | undefined) => {
    if (body !== undefined) outbox.accept({ to, contentType, body, count });
  };
  const [traces, metrics] = isJson
    ? [JsonTraceSerializer, JsonMetricsSerializer]
    : [ProtobufTraceSerializer, ProtobufMetricsSerializer];
  return {
    spans: (batch) =>
      guarded({ losses, count: batch.length }, () =>
        accept(batch.length, traces.serializeRequest([...batch])),
      ),
    metrics: (collected) =>
      guarded({ losses, count: 1 }, () => accept(countOf(collected), metrics.serializeRequest(collected))),
  };
}

function countOf({ scopeMetrics }: ResourceMetrics): number {
  return scopeMetrics.reduce((count, { metrics }) => count + metrics.length, 0);
}

function halves<T>(list: readonly T[]): [readonly T[], readonly T[]] {
  const middle = Math.ceil(list.length / 2);
  return [list.slice(0, middle), list.slice(middle)];
}

/** A line for each metric keeps lines short without a search for where to cut. */
function oneByOne({ resource, scopeMetrics }: ResourceMetrics): ResourceMetrics[] {
  return scopeMetrics.flatMap(({ scope, metrics }) =>
    metrics.map((metric) => ({ resource, scopeMetrics: [{ scope, metrics: [metric] }] })),
  );
}

/** Observing must not break the observed: a fault of delivery is a loss, and no exception in the task. */
function guarded({ losses, count }: { losses: Losses; count: number }, deliver: () => void): void {
  try {
    deliver();
  } catch (error) {
    losses.add(count, error instanceof Error ? error.message : String(error));
  }
}
