/** Where telemetry goes, through a queue on disk that outlives a restart of the collector and an outage of the backend. */
import type { Component } from "./component.ts";
import { fromEnvironment, SECRETS } from "./environment.ts";
import { type CollectorPlan, nameOf } from "./plan.ts";

export const QUEUE_STORAGE = "file_storage";
/** Of each signal: the three share a disk of 2 GiB, and files keep some room for what they have handed out. */
const QUEUE_BYTES = 512 * 1024 ** 2;
/** Below the 4 MiB that gRPC servers accept of one message unless they are told otherwise. */
const MOST_OTLP_BYTES = 3_000_000;

/** The exporter of the plan's backend. */
export function backendExporter(plan: CollectorPlan): Component {
  if (plan.backend.kind === "clickhouse") return ["clickhouse", clickhouse(plan)];
  if (plan.backend.kind === "otlp-grpc") return ["otlp_grpc", otlpGrpc(plan)];
  return ["otlp_http", { endpoint: addressOf(plan), ...otlpSettings(plan) }];
}

/** To the samplers: all spans of a trace to the same one. */
export function samplerExporter({ place }: CollectorPlan): Component {
  const namespace = place.kind === "cluster" ? `.${place.namespace}` : "";
  return [
    "load_balancing",
    {
      routing_key: "traceID",
      protocol: { otlp: { tls: { insecure: true }, timeout: "30s" } },
      // By DNS, and not by Kubernetes' API, which would need more rights.
      resolver: { dns: { hostname: `${nameOf("sampler")}${namespace}`, port: "4317" } },
      // The queue is in front of the choice of a sampler, so that one that is gone is chosen no more.
      ...delivery(undefined),
    },
  ];
}

function otlpGrpc(plan: CollectorPlan): object {
  const { hostname, port, protocol } = plan.backend.endpoint;
  const isPlain = protocol === "http:";
  // A URL leaves out its protocol's own port, and gRPC's own would be another.
  const usualPort = isPlain ? 80 : 443;
  const endpoint = `${hostname}:${port === "" ? usualPort : port}`;
  return { endpoint, tls: { insecure: isPlain }, ...otlpSettings(plan) };
}

function otlpSettings(plan: CollectorPlan): object {
  const authorization = { headers: { Authorization: fromEnvironment(SECRETS.authorization) } };
  return {
    ...(plan.backend.isAuthorized && authorization),
    timeout: "30s",
    ...delivery({
      sizer: "bytes",
      flush_timeout: "1s",
      min_size: MOST_OTLP_BYTES / 3,
      max_size: MOST_OTLP_BYTES,
    }),
  };
}

/** The exporter makes `otel_traces` and its other tables itself; `throughline up --clickhouse` reads them (docs/clickhouse.md). */
function clickhouse(plan: CollectorPlan): object {
  const database = plan.backend.endpoint.pathname.slice(1);
  return {
    endpoint: addressOf(plan),
    database: database === "" ? "otel" : database,
    username: fromEnvironment(SECRETS.user, "default"),
    password: fromEnvironment(SECRETS.password),
    ttl: "720h",
    timeout: "30s",
    // ClickHouse wants few and large inserts; five seconds is how soon its readers see them anyway.
    ...delivery({ sizer: "items", flush_timeout: "5s", min_size: 10_000, max_size: 100_000 }),
  };
}

/** The address without the path, which names ClickHouse's database; an OTLP path stays. */
function addressOf({ backend: { kind, endpoint } }: CollectorPlan): string {
  if (kind !== "clickhouse") return endpoint.href.replace(/\/$/, "");
  return `${endpoint.protocol}//${endpoint.host}${endpoint.search}`;
}

/**
 * Batches are made behind the queue and not by the `batch` processor, which answers senders before anything is on disk.
 * What cannot be delivered waits in the queue for as long as it has room; then senders wait.
 */
function delivery(batch: object | undefined): object {
  return {
    retry_on_failure: { enabled: true, initial_interval: "1s", max_interval: "30s", max_elapsed_time: "0s" },
    sending_queue: {
      enabled: true,
      storage: QUEUE_STORAGE,
      sizer: "bytes",
      queue_size: QUEUE_BYTES,
      block_on_overflow: true,
      ...(batch && { batch }),
    },
  };
}
