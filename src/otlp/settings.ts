/**
 * Where spans go and how, from the standard variables (OpenTelemetry specification, "OTLP Exporter Configuration").
 *
 * | `OTEL_EXPORTER_OTLP_…`, `OTEL_EXPORTER_OTLP_TRACES_…` | means | when not set |
 * |---|---|---|
 * | `ENDPOINT` | URL; over HTTP the general one gets `/v1/traces` appended, the traces one is taken as it is | nothing is sent |
 * | `PROTOCOL` | `http/protobuf`, `http/json` or `grpc` | `http/protobuf` |
 * | `HEADERS` | `name=value,…`, values percent-encoded | none |
 * | `TIMEOUT` | milliseconds for one request with all its retries | 10000 |
 * | `COMPRESSION` | `gzip` or `none` | `none` |
 * | `CERTIFICATE` | PEM file of the authorities to trust in place of the system's | the system's |
 * | `CLIENT_CERTIFICATE`, `CLIENT_KEY` | PEM files we identify ourselves with; both or none | none |
 *
 * The `TRACES` form of a variable replaces the general one, headers too: a secret for one collector is not sent to
 * another. Nothing is sent either when `OTEL_SDK_DISABLED` is `true` or `OTEL_TRACES_EXPORTER` is `none`.
 * An empty variable is one that is not set.
 */

const PROTOCOLS = ["http/protobuf", "http/json", "grpc"] as const;
const COMPRESSIONS = ["gzip", "none"] as const;
const DEFAULT_TIMEOUT_MILLIS = 10_000;
/** What Node's timers can hold; anything longer would fire at once. */
const MAX_TIMEOUT_MILLIS = 2 ** 31 - 1;

/** How spans travel: the encoding and what carries it. */
export type ExportProtocol = (typeof PROTOCOLS)[number];

/** Everything there is to know about sending spans. */
export interface ExportSettings {
  readonly protocol: ExportProtocol;
  /** Over HTTP the URL to POST to; over gRPC only scheme, host and port of it count. */
  readonly endpoint: string;
  /** Secrets, as a rule: never to be printed. */
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for one request with all its retries. */
  readonly timeoutMillis: number;
  readonly compression: (typeof COMPRESSIONS)[number];
  /** Paths of PEM files; used for https endpoints only. */
  readonly tls: {
    readonly certificateFile?: string;
    readonly clientCertificateFile?: string;
    readonly clientKeyFile?: string;
  };
}

/** A variable that cannot be understood. The message names it and what it may be, and never shows a header's value. */
export class ExportSettingsError extends Error {
  override readonly name = "ExportSettingsError";
  readonly code = "export-settings";
}

type Environment = Readonly<Record<string, string | undefined>>;
type Suffix =
  | "ENDPOINT"
  | "PROTOCOL"
  | "HEADERS"
  | "TIMEOUT"
  | "COMPRESSION"
  | "CERTIFICATE"
  | "CLIENT_CERTIFICATE"
  | "CLIENT_KEY";

interface Variable {
  name: string;
  value: string;
}

/**
 * Reads the export settings from environment variables. `undefined` means that nothing is to be sent.
 * Throws {@link ExportSettingsError} for a value it does not understand.
 */
export function settingsFromEnvironment(environment: Environment): ExportSettings | undefined {
  const endpoint = variable(environment, "ENDPOINT");
  if (endpoint === undefined || isSwitchedOff(environment)) return undefined;
  const protocol = choice(variable(environment, "PROTOCOL"), PROTOCOLS, "http/protobuf");
  return Object.freeze({
    protocol,
    endpoint: protocol === "grpc" ? endpointUrl(endpoint).href : tracesUrl(endpoint),
    headers: Object.freeze(headers(variable(environment, "HEADERS"))),
    timeoutMillis: timeoutMillis(variable(environment, "TIMEOUT")),
    compression: choice(variable(environment, "COMPRESSION"), COMPRESSIONS, "none"),
    tls: Object.freeze(tlsFiles(environment)),
  });
}

/** The endpoint as it may be printed: without user, password and query, which can hold secrets. */
export function printableEndpoint({ endpoint, protocol }: ExportSettings): string {
  const { origin, pathname } = new URL(endpoint);
  return protocol === "grpc" ? origin : origin + pathname;
}

function isSwitchedOff(environment: Environment): boolean {
  const disabled = environment.OTEL_SDK_DISABLED?.trim().toLowerCase();
  return disabled === "true" || environment.OTEL_TRACES_EXPORTER?.trim() === "none";
}

const GENERAL = "OTEL_EXPORTER_OTLP_";
const TRACES = "OTEL_EXPORTER_OTLP_TRACES_";

function variable(environment: Environment, suffix: Suffix): Variable | undefined {
  for (const name of [TRACES + suffix, GENERAL + suffix]) {
    const value = environment[name]?.trim();
    if (value) return { name, value };
  }
  return undefined;
}

function choice<Choice extends string>(
  given: Variable | undefined,
  choices: readonly Choice[],
  preset: Choice,
): Choice {
  if (given === undefined) return preset;
  const chosen = choices.find((each) => each === given.value);
  if (chosen !== undefined) return chosen;
  throw new ExportSettingsError(`${given.name} is "${given.value}"; set it to ${choices.join(", ")}`);
}

function endpointUrl({ name, value }: Variable): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  const shown = value.replace(/\/\/.*@/, "//").replace(/\?.*/, "");
  throw new ExportSettingsError(`${name} is "${shown}"; set it to a URL like http://localhost:4318`);
}

function tracesUrl(endpoint: Variable): string {
  const url = endpointUrl(endpoint);
  if (endpoint.name.startsWith(TRACES)) return url.href;
  url.pathname = url.pathname.replace(/\/*$/, "/v1/traces");
  return url.href;
}

function timeoutMillis(given: Variable | undefined): number {
  if (given === undefined) return DEFAULT_TIMEOUT_MILLIS;
  const millis = Number(given.value);
  if (Number.isInteger(millis) && millis > 0 && millis <= MAX_TIMEOUT_MILLIS) return millis;
  throw new ExportSettingsError(
    `${given.name} is "${given.value}"; set it to whole milliseconds, from 1 to ${MAX_TIMEOUT_MILLIS}`,
  );
}

/** RFC 9110 §5.1: a field name is a token. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What both HTTP and gRPC metadata can carry. */
const HEADER_VALUE = /^[ -~]*$/;

function headers(given: Variable | undefined): Record<string, string> {
  if (given === undefined) return {};
  const members = given.value.split(",").filter((member) => member.trim() !== "");
  return Object.fromEntries(members.map((member, index) => header(given.name, member, index + 1)));
}

function header(variableName: string, member: string, position: number): [name: string, value: string] {
  const [name = "", ...rest] = member.split("=");
  const value = percentDecoded(rest.join("=").trim());
  if (rest.length > 0 && HEADER_NAME.test(name.trim()) && HEADER_VALUE.test(value)) {
    return [name.trim().toLowerCase(), value];
  }
  throw new ExportSettingsError(
    `${variableName}: entry ${position} is not a header; write name=value,name=value`,
  );
}

/** A value with a stray `%` is most likely a token that was never encoded, and is taken as it is. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function tlsFiles(environment: Environment): ExportSettings["tls"] {
  const certificate = variable(environment, "CERTIFICATE");
  const clientCertificate = variable(environment, "CLIENT_CERTIFICATE");
  const clientKey = variable(environment, "CLIENT_KEY");
  const lonely = clientCertificate === undefined ? clientKey : clientKey === undefined && clientCertificate;
  if (lonely)
    throw new ExportSettingsError(`${lonely.name} is set alone; set the client's certificate and its key`);
  return {
    ...(certificate && { certificateFile: certificate.value }),
    ...(clientCertificate && { clientCertificateFile: clientCertificate.value }),
    ...(clientKey && { clientKeyFile: clientKey.value }),
  };
}
