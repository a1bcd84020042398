/** `throughline collector-config`: what an OpenTelemetry Collector in front of a backend has to be told. */
import {
  BACKENDS,
  type Backend,
  type CollectorPlan,
  manifestYaml,
  type Place,
  planYaml,
  type Sampling,
} from "../cluster/index.ts";
import { parseGoDuration } from "../tekton/index.ts";
import { ExitCode, Failure } from "./failure.ts";
import { oneOf } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** As commander gives them: `tailSampling` for `--tail-sampling`. */
export interface CollectorConfigOptions {
  backend: string;
  endpoint?: string;
  auth?: true;
  tailSampling?: true;
  slow?: string;
  longestRun?: string;
  keep?: string;
  kubernetes: boolean;
  cluster: string;
  namespace: string;
  replicas: string;
  memory: string;
  output: string;
}

/** Prints the configuration, or the Kubernetes objects with it. */
export async function collectorConfigCommand(
  options: CollectorConfigOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const output = oneOf("--output", options.output, ["yaml", "kubernetes"]);
  if (output === "kubernetes" && !options.kubernetes)
    throw new Failure("--output kubernetes and --no-kubernetes exclude each other: leave one out");
  const plan = planOf(options);
  await terminal.write(output === "kubernetes" ? manifestYaml(plan) : planYaml(plan));
  return ExitCode.ok;
}

function planOf(options: CollectorConfigOptions): CollectorPlan {
  const kind = oneOf("--backend", options.backend, BACKENDS);
  if (kind === "clickhouse" && options.auth)
    throw new Failure("--auth is for OTLP: ClickHouse always gets the user and password of the environment");
  return {
    backend: { kind, endpoint: endpointOf(kind, options.endpoint), isAuthorized: options.auth === true },
    place: placeOf(options),
    sampling: samplingOf(options),
    memoryMiB: memoryOf(options.memory),
  };
}

/** Where each backend is when nobody says otherwise, and by which protocols it is reached. */
const ENDPOINTS: Readonly<Record<Backend, { usual: string; protocols: readonly string[] }>> = {
  "otlp-http": { usual: "http://throughline:4318", protocols: ["http:", "https:"] },
  "otlp-grpc": { usual: "http://throughline:4317", protocols: ["http:", "https:"] },
  clickhouse: {
    usual: "tcp://clickhouse:9000/otel",
    protocols: ["tcp:", "clickhouse:", "http:", "https:"],
  },
};

function endpointOf(backend: Backend, given: string | undefined): URL {
  const { usual, protocols } = ENDPOINTS[backend];
  const text = given ?? usual;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.hostname === "" || !protocols.includes(url.protocol))
    throw new Failure(
      `--endpoint ${text}: no address of ${backend}; write it like ${usual} (${protocols.map((each) => `${each}//`).join(", ")})`,
    );
  if (backend === "otlp-grpc" && url.pathname !== "/")
    throw new Failure(`--endpoint ${text}: gRPC has no paths; end it after the port`);
  if (url.username !== "" || url.password !== "" || url.searchParams.has("password"))
    throw new Failure(
      "--endpoint has credentials in it: leave them out, the collector takes them from its environment",
    );
  return url;
}

function placeOf({ kubernetes, cluster, namespace, replicas }: CollectorConfigOptions): Place {
  const count = countOf("--replicas", replicas, 100);
  if (!kubernetes && count > 1) throw new Failure("--replicas is for Kubernetes: leave out --no-kubernetes");
  if (!kubernetes) return { kind: "machine" };
  if (cluster === "") throw new Failure("--cluster is empty: give it a name, or leave it out");
  // RFC 1123 label, which is what Kubernetes takes as the name of a namespace.
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(namespace))
    throw new Failure(`--namespace ${namespace}: no name of a namespace`);
  return { kind: "cluster", name: cluster, namespace, replicas: count };
}

function samplingOf({ tailSampling, ...given }: CollectorConfigOptions): Sampling | undefined {
  const { slow = "10m", longestRun = "1h", keep = "10" } = given;
  if (!tailSampling) {
    if ((given.slow ?? given.longestRun ?? given.keep) !== undefined)
      throw new Failure("--slow, --longest-run and --keep are for tail sampling: add --tail-sampling");
    return undefined;
  }
  const percent = Number(keep);
  if (keep.trim() === "" || !(percent >= 0 && percent <= 100))
    throw new Failure(`--keep ${keep}: no percentage; write a number from 0 to 100`);
  return {
    slowSeconds: secondsOf("--slow", slow),
    longestRunSeconds: secondsOf("--longest-run", longestRun),
    keepPercent: percent,
  };
}

function secondsOf(option: string, text: string): number {
  const seconds = Number((parseGoDuration(text) ?? 0n) / 1_000_000_000n);
  if (seconds > 0) return seconds;
  throw new Failure(`${option} ${text}: no duration of a second or more; write 90s, 10m or 1h30m`);
}

const MEMORY_UNITS: Readonly<Record<string, number>> = { Mi: 1, Gi: 1024 };

/** In the units of Kubernetes. The collector itself takes about 100 MiB. */
function memoryOf(text: string): number {
  const [, number = "", unit = ""] = /^(\d{1,6})(Mi|Gi)$/.exec(text) ?? [];
  const mebibytes = Number(number) * (MEMORY_UNITS[unit] ?? 0);
  if (mebibytes >= 256) return mebibytes;
  throw new Failure(`--memory ${text}: write 256Mi or more, e.g. 512Mi or 2Gi`);
}

function countOf(option: string, text: string, most: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw new Failure(`${option} ${text}: write a number from 1 to ${most}`);
}
