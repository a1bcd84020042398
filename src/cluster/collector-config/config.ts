/** The configuration of an OpenTelemetry Collector, as one object: components, and the pipelines that join them. */
import type { Component } from "./component.ts";
import { fromEnvironment } from "./environment.ts";
import { backendExporter, QUEUE_STORAGE, samplerExporter } from "./exporters.ts";
import type { CollectorPlan, Role } from "./plan.ts";
import { clusterName, kubernetesAttributes, memoryLimiter, withoutRuns } from "./processors.ts";
import { tailSampling } from "./tail-sampling.ts";

/** Ports of a collector; those of OTLP are OpenTelemetry's own. */
export const PORTS = { otlpGrpc: 4317, otlpHttp: 4318, health: 13133, metrics: 8888 } as const;
/** Where the queue is, in a container. */
export const QUEUE_DIRECTORY = "/var/lib/otelcol/queue";

/** What the collector reads (https://opentelemetry.io/docs/collector/configuration/). */
export interface CollectorConfig {
  extensions: Record<string, object>;
  receivers: Record<string, object>;
  processors: Record<string, object>;
  exporters: Record<string, object>;
  service: { extensions: string[]; telemetry: object; pipelines: Record<string, PipelineConfig> };
}

export interface PipelineConfig {
  receivers: string[];
  processors: string[];
  exporters: string[];
}

interface Pipeline {
  processors: readonly Component[];
  exporter: Component;
}

/** Writes the configuration of one collector of a plan. */
export function collectorConfig(plan: CollectorPlan, role: Role = "gateway"): CollectorConfig {
  const pipelines = pipelinesOf(plan, role);
  const host = plan.place.kind === "cluster" ? fromEnvironment("POD_IP") : "127.0.0.1";
  const extensions = {
    health_check: { endpoint: `${host}:${PORTS.health}` },
    [QUEUE_STORAGE]: queueStorage(plan),
  };
  return {
    extensions,
    receivers: { otlp: otlpReceiver(host) },
    processors: Object.fromEntries(Object.values(pipelines).flatMap(({ processors }) => processors)),
    exporters: Object.fromEntries(Object.values(pipelines).map(({ exporter }) => exporter)),
    service: {
      extensions: Object.keys(extensions),
      telemetry: ownTelemetry(host),
      pipelines: Object.fromEntries(Object.entries(pipelines).map(([name, each]) => [name, namesIn(each)])),
    },
  };
}

function namesIn({ processors, exporter: [exporter] }: Pipeline): PipelineConfig {
  return { receivers: ["otlp"], processors: processors.map(([name]) => name), exporters: [exporter] };
}

function pipelinesOf(plan: CollectorPlan, role: Role): Record<string, Pipeline> {
  const exporter = backendExporter(plan);
  const limiter = memoryLimiter(plan);
  const sampling = plan.sampling === undefined || role === "router" ? [] : [tailSampling(plan.sampling)];
  if (role === "sampler") return { traces: { processors: [limiter, ...sampling], exporter } };

  const pods = plan.place.kind === "cluster" ? [kubernetesAttributes] : [];
  const cluster = plan.place.kind === "cluster" ? [clusterName(plan.place)] : [];
  return {
    traces: {
      processors: [limiter, ...pods, ...cluster, ...sampling],
      exporter: role === "router" ? samplerExporter(plan) : exporter,
    },
    logs: { processors: [limiter, ...pods, ...cluster], exporter },
    metrics: { processors: [limiter, ...cluster, withoutRuns], exporter },
  };
}

function otlpReceiver(host: string): object {
  return {
    protocols: {
      grpc: { endpoint: `${host}:${PORTS.otlpGrpc}` },
      http: { endpoint: `${host}:${PORTS.otlpHttp}` },
    },
  };
}

/** `recreate`: a damaged file is put aside, where the collector would otherwise never start again. */
function queueStorage({ place }: CollectorPlan): object {
  const directory = place.kind === "cluster" ? QUEUE_DIRECTORY : "./otelcol-queue";
  return {
    directory,
    create_directory: true,
    recreate: true,
    compaction: { directory, on_start: true, on_rebound: true, cleanup_on_start: true },
  };
}

/** The collector's own metrics tell what it refused, dropped and could not send. */
function ownTelemetry(host: string): object {
  const prometheus = { host, port: PORTS.metrics };
  return {
    logs: { level: "info", encoding: "json" },
    metrics: { level: "normal", readers: [{ pull: { exporter: { prometheus } } }] },
  };
}
