/** What a collector is to do: the choices from which its configuration and its Kubernetes objects are written. */

/**
 * The release of the OpenTelemetry Collector, contrib distribution, that everything here is written for. Names and keys
 * of components are those of this release: `k8s_attributes`, `otlp_grpc` and `otlp_http` had other names before.
 */
export const COLLECTOR_VERSION = "0.161.0";

export const BACKENDS = ["otlp-http", "otlp-grpc", "clickhouse"] as const;
export type Backend = (typeof BACKENDS)[number];

export interface CollectorPlan {
  backend: {
    kind: Backend;
    /** As the backend's own exporter takes it: `http(s)://host:port`; ClickHouse: `tcp://host:port/database` and the like. */
    endpoint: URL;
    /** Whether requests carry an `Authorization` header; ClickHouse always asks for user and password. */
    isAuthorized: boolean;
  };
  place: Place;
  /** Without it every trace is kept. */
  sampling: Sampling | undefined;
  /** What the process may use. */
  memoryMiB: number;
}

/** Where the collector runs. */
export type Place = Cluster | { kind: "machine" };

export interface Cluster {
  kind: "cluster";
  /** Written on spans and logs as `k8s.cluster.name`. */
  name: string;
  /** Of the collector's own objects. */
  namespace: string;
  replicas: number;
}

/** Which traces are kept besides those with a failure. */
export interface Sampling {
  /** Runs that took at least this long are kept. */
  slowSeconds: number;
  /** How long spans wait for a reason to keep their trace. */
  longestRunSeconds: number;
  /** Of all other traces. */
  keepPercent: number;
}

/**
 * What one collector of the plan does. A `gateway` does everything. Where several replicas sample, all spans of a trace
 * have to meet in one of them: then `router`s take everything in and hand spans on by trace id, and `sampler`s decide.
 */
export type Role = "gateway" | "router" | "sampler";

/** The collectors that a plan needs. */
export function rolesOf({ place, sampling }: CollectorPlan): readonly Role[] {
  const isSplit = place.kind === "cluster" && place.replicas > 1 && sampling !== undefined;
  return isSplit ? ["router", "sampler"] : ["gateway"];
}

/** The name of a role's Kubernetes objects. Senders know only `throughline-collector`. */
export function nameOf(role: Role): string {
  return role === "sampler" ? "throughline-collector-sampler" : "throughline-collector";
}
