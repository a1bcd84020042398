/**
 * Where telemetry goes, from the standard variables (OpenTelemetry specification, "OTLP Exporter Configuration") and one of
 * our own.
 *
 * | variable | means |
 * |---|---|
 * | `THROUGHLINE_SPOOL` | a file to append to, which the runtime of the step collects; wins over any endpoint |
 * | `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, `…_METRICS_ENDPOINT` | URL for that signal, taken as it is |
 * | `OTEL_EXPORTER_OTLP_ENDPOINT` | URL for every signal; `/v1/traces` or `/v1/metrics` is appended |
 * | `…_HEADERS`, `…_PROTOCOL`, `…_TIMEOUT`, `…_CERTIFICATE`, `…_CLIENT_CERTIFICATE`, `…_CLIENT_KEY` | with it; those of the signal replace the general ones |
 * | `OTEL_SDK_DISABLED=true`, `OTEL_TRACES_EXPORTER=none`, `OTEL_METRICS_EXPORTER=none` | nothing is sent |
 */
import type { Environment } from "../context/context.ts";
import { percentDecoded } from "./percent.ts";

/** What is sent. */
export type Signal = "traces" | "metrics";

/** Where a signal goes. `off` is the wish of the environment; `unclear` is a variable that cannot be understood. */
export type Destination =
  | { kind: "off" }
  | { kind: "spool"; path: string }
  | HttpDestination
  | { kind: "unclear"; reason: string };

/** An OTLP/HTTP endpoint. */
export interface HttpDestination {
  kind: "http";
  /** The URL to POST to. */
  url: string;
  /** Secrets, as a rule: never to be printed. */
  headers: Readonly<Record<string, string>>;
  /** What `…_PROTOCOL` asks for; whatever is not `http/json` is protobuf, the default of the specification. */
  encoding: "json" | "protobuf";
  /** How long a request may take, where the environment says so. */
  timeoutMs?: number;
  /** Paths of PEM files; used for https only. */
  tls: Readonly<{ certificateFile?: string; clientCertificateFile?: string; clientKeyFile?: string }>;
}

/** Reads where the signal goes. Never throws. */
export function destinationOf(env: Environment, signal: Signal): Destination {
  if (isSwitchedOff(env, signal)) return { kind: "off" };
  const spool = env["THROUGHLINE_SPOOL"];
  if (spool) return { kind: "spool", path: spool };
  const endpoint = variable({ env, signal, suffix: "ENDPOINT" });
  return endpoint === undefined ? { kind: "off" } : httpDestination({ env, signal, endpoint });
}

interface Variable {
  name: string;
  value: string;
}

function httpDestination(given: { env: Environment; signal: Signal; endpoint: Variable }): Destination {
  const { env, signal, endpoint } = given;
  const url = URL.canParse(endpoint.value) ? new URL(endpoint.value) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    return { kind: "unclear", reason: `${endpoint.name} is no URL like http://localhost:4318` };
  const protocol = variable({ env, signal, suffix: "PROTOCOL" });
  if (protocol?.value === "grpc" && url.port === GRPC_PORT)
    return {
      kind: "unclear",
      reason: `${protocol.name} is grpc; name an HTTP endpoint, as a rule port 4318`,
    };
  if (endpoint.name === `${GENERAL}ENDPOINT`) url.pathname = url.pathname.replace(/\/*$/, `/v1/${signal}`);
  const headers = parseHeaders(variable({ env, signal, suffix: "HEADERS" }));
  if (typeof headers === "string") return { kind: "unclear", reason: headers };
  const timeoutMs = Number(variable({ env, signal, suffix: "TIMEOUT" })?.value);
  return {
    kind: "http",
    url: url.href,
    headers,
    encoding: protocol?.value === "http/json" ? "json" : "protobuf",
    ...(timeoutMs > 0 && timeoutMs <= MAXIMUM_TIMEOUT_MS && { timeoutMs }),
    tls: tlsFiles({ env, signal }),
  };
}

/** Where collectors listen for OTLP/gRPC, which answers JSON with nonsense. */
const GRPC_PORT = "4317";
/** More than that Node's timers do not hold. */
const MAXIMUM_TIMEOUT_MS = 2 ** 31 - 1;
const GENERAL = "OTEL_EXPORTER_OTLP_";

function isSwitchedOff(env: Environment, signal: Signal): boolean {
  const disabled = env["OTEL_SDK_DISABLED"]?.trim().toLowerCase();
  return disabled === "true" || env[`OTEL_${signal.toUpperCase()}_EXPORTER`]?.trim() === "none";
}

function variable({ env, signal, suffix }: { env: Environment; signal: Signal; suffix: string }) {
  for (const name of [`${GENERAL}${signal.toUpperCase()}_${suffix}`, `${GENERAL}${suffix}`]) {
    const value = env[name]?.trim();
    if (value) return { name, value };
  }
  return undefined;
}

/** RFC 9110 §5.1 and §5.5: a token, and visible characters. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[ -~]*$/;

/** `name=value,…`, values percent-encoded; the text says what is wrong and shows no value. */
function parseHeaders(given: Variable | undefined): Record<string, string> | string {
  const headers: Record<string, string> = {};
  for (const [index, member] of (given?.value.split(",") ?? []).entries()) {
    if (member.trim() === "") continue;
    const [name = "", ...rest] = member.split("=");
    const value = percentDecoded(rest.join("=").trim());
    if (rest.length === 0 || !HEADER_NAME.test(name.trim()) || !HEADER_VALUE.test(value))
      return `${given?.name}: entry ${index + 1} is not a header; write name=value,name=value`;
    headers[name.trim().toLowerCase()] = value;
  }
  return headers;
}

function tlsFiles({ env, signal }: { env: Environment; signal: Signal }): HttpDestination["tls"] {
  const certificate = variable({ env, signal, suffix: "CERTIFICATE" });
  const clientCertificate = variable({ env, signal, suffix: "CLIENT_CERTIFICATE" });
  const clientKey = variable({ env, signal, suffix: "CLIENT_KEY" });
  return {
    ...(certificate && { certificateFile: certificate.value }),
    ...(clientCertificate && { clientCertificateFile: clientCertificate.value }),
    ...(clientKey && { clientKeyFile: clientKey.value }),
  };
}
