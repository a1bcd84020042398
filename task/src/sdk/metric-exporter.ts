/** The end of the metrics SDK: what a reader collects goes to the delivery. */
import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import {
  AggregationTemporality,
  InstrumentType,
  type PushMetricExporter,
  type ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import type { Environment } from "../context/context.ts";
import type { Delivery } from "./delivery.ts";

/** Hands over and is done: the delivery keeps account of what is lost. */
export function metricExporter(delivery: Delivery, env: Environment): PushMetricExporter {
  return {
    export(metrics: ResourceMetrics, done: (result: ExportResult) => void) {
      delivery.metrics(metrics);
      done({ code: ExportResultCode.SUCCESS });
    },
    forceFlush: async () => {},
    shutdown: async () => {},
    selectAggregationTemporality: temporalityBy(env["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"]),
  };
}

/**
 * Delta, unless told otherwise: each step is a process of its own, so that sums since its start say nothing together.
 * The words are those of the OpenTelemetry specification, "Metrics Exporter, OTLP, Additional Configuration".
 */
function temporalityBy(preference: string | undefined): (type: InstrumentType) => AggregationTemporality {
  const { CUMULATIVE, DELTA } = AggregationTemporality;
  const wish = preference?.toLowerCase();
  if (wish === "cumulative") return () => CUMULATIVE;
  const cumulative = new Set([InstrumentType.UP_DOWN_COUNTER, InstrumentType.OBSERVABLE_UP_DOWN_COUNTER]);
  if (wish === "lowmemory") cumulative.add(InstrumentType.OBSERVABLE_COUNTER);
  return (type) => (cumulative.has(type) ? CUMULATIVE : DELTA);
}
