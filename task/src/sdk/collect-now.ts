/** Collecting metrics without waiting, for the end of the process: the SDK's own way goes through promises. */
import type { MeterProvider, MetricReader, ResourceMetrics } from "@opentelemetry/sdk-metrics";

/** The parts of the SDK that hold the values; the version of the SDK is the one in the bundle. */
interface SharedState {
  resource: ResourceMetrics["resource"];
  metricCollectors: { _metricReader: MetricReader }[];
  meterSharedStates: Map<string, MeterState>;
}

interface MeterState {
  _instrumentationScope: ResourceMetrics["scopeMetrics"][number]["scope"];
  metricStorageRegistry: {
    getStorages(
      collector: unknown,
    ): { collect(collector: unknown, time: [number, number]): Metric | undefined }[];
  };
}

type Metric = ResourceMetrics["scopeMetrics"][number]["metrics"][number];

/** What was recorded since the last collection. Observable instruments are not asked: their callbacks may wait. */
export function collectNow(provider: MeterProvider): ResourceMetrics {
  const state: SharedState = provider["_sharedState"];
  const time = Date.now();
  const now: [number, number] = [Math.floor(time / 1000), (time % 1000) * 1_000_000];
  const [collector] = state.metricCollectors;
  const scopeMetrics = [...state.meterSharedStates.values()].map((meter) => ({
    scope: meter._instrumentationScope,
    metrics: meter.metricStorageRegistry
      .getStorages(collector)
      .map((storage) => storage.collect(collector, now))
      .filter((metric) => metric !== undefined && metric !== null),
  }));
  return { resource: state.resource, scopeMetrics: scopeMetrics.filter(({ metrics }) => metrics.length > 0) };
}
