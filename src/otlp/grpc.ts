/**
 * OTLP/gRPC over @grpc/grpc-js. The delegate of @opentelemetry/otlp-grpc-exporter-base (0.223.1) around it never
 * retries, and its time limit is fixed when it is made. To give a retry the time that is left, every attempt would
 * need a delegate and with it a connection of its own.
 */
import type { ChannelCredentials, Client, ClientOptions, Metadata, ServiceError } from "@grpc/grpc-js";
import { type Attempt, retryUntil, type Sender } from "./attempt.ts";
import {
  integerValue,
  messageValue,
  type ProtobufField,
  readProtobuf,
  textValue,
} from "./protobuf-reader.ts";
import { type Quote, quoteFor } from "./quote.ts";
import { type ExportSettings, printableEndpoint } from "./settings.ts";
import { readTls } from "./tls.ts";

type Grpc = typeof import("@grpc/grpc-js");

const EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

interface Connection {
  grpc: Grpc;
  client: Client;
  metadata: Metadata;
  settings: ExportSettings;
  quote: Quote;
}

/** Opens a way to send requests over gRPC. Throws when a certificate, or a header, is not fit for it. */
export async function openGrpc(settings: ExportSettings): Promise<Sender> {
  const grpc = await import("@grpc/grpc-js");
  const credentials = await channelCredentials(grpc, settings);
  const connection = {
    grpc,
    metadata: metadata(grpc, settings),
    client: new grpc.Client(address(settings), credentials, clientOptions(grpc, settings)),
    settings,
    quote: quoteFor(settings),
  };
  return {
    encoding: "protobuf",
    close: () => connection.client.close(),
    send: (body) => retryUntil(settings.timeoutMillis, (remaining) => call(connection, body, remaining)),
  };
}

function clientOptions({ compressionAlgorithms }: Grpc, { compression }: ExportSettings): ClientOptions {
  return {
    "grpc.primary_user_agent": "Throughline",
    "grpc.default_compression_algorithm": compressionAlgorithms[compression === "gzip" ? "gzip" : "identity"],
  };
}

/** Host and port. `URL` leaves out a port that is the scheme's own, and @grpc/grpc-js takes 443 for either. */
function address({ endpoint }: ExportSettings): string {
  const { hostname, port, protocol } = new URL(endpoint);
  return `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
}

async function channelCredentials(
  { credentials }: Grpc,
  settings: ExportSettings,
): Promise<ChannelCredentials> {
  if (settings.endpoint.startsWith("http:")) return credentials.createInsecure();
  const { ca, key, cert } = await readTls(settings);
  return credentials.createSsl(ca, key, cert);
}

function metadata({ Metadata }: Grpc, { headers }: ExportSettings): Metadata {
  const written = new Metadata();
  for (const [name, value] of Object.entries(headers)) written.set(name, value);
  return written;
}

function call(connection: Connection, body: Uint8Array, remainingMillis: number): Promise<Attempt> {
  const { client, metadata: headers } = connection;
  const options = { deadline: Date.now() + remainingMillis };
  return new Promise((resolve) => {
    client.makeUnaryRequest(EXPORT, asBuffer, asItIs, body, headers, options, (error, answer) =>
      resolve(
        error === null ? { kind: "answered", body: answer ?? new Uint8Array() } : failure(connection, error),
      ),
    );
  });
}

/** Encoding requests and reading answers is not gRPC's business here; it insists on a `Buffer`. */
function asBuffer({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function asItIs(answer: Buffer): Buffer {
  return answer;
}

function failure(connection: Connection, error: ServiceError): Attempt {
  const { grpc, settings, quote } = connection;
  const { code, details, message } = error;
  const endpoint = printableEndpoint(settings);
  // The details of a time limit hold durations; without them the same trouble reads the same for every request.
  const isLate = code === grpc.status.DEADLINE_EXCEEDED;
  if ((isLate || code === grpc.status.UNAVAILABLE) && !hasConnection(connection)) {
    const reason = `cannot reach ${endpoint}: ${isLate ? "no connection in time" : quote(details)}`;
    return { kind: "retryable", reason, isUnreachable: true };
  }
  const reason = isLate ? `${endpoint} did not answer in time` : `${endpoint} answered ${quote(message)}`;
  const waitMillis = retryInfoMillis(error);
  if (!isRetryable({ grpc, code, waitMillis })) return { kind: "refused", reason };
  return { kind: "retryable", reason, isUnreachable: false, ...(waitMillis !== undefined && { waitMillis }) };
}

function hasConnection({ grpc, client }: Connection): boolean {
  const { CONNECTING, TRANSIENT_FAILURE } = grpc.connectivityState;
  const state = client.getChannel().getConnectivityState(false);
  return state !== CONNECTING && state !== TRANSIENT_FAILURE;
}

interface Verdict {
  grpc: Grpc;
  code: number;
  waitMillis: number | undefined;
}

/** OTLP specification, "OTLP/gRPC Response", "Failures": "resource exhausted" may pass only if a RetryInfo says so. */
function isRetryable({ grpc: { status }, code, waitMillis }: Verdict): boolean {
  switch (code) {
    case status.CANCELLED:
    case status.DEADLINE_EXCEEDED:
    case status.ABORTED:
    case status.OUT_OF_RANGE:
    case status.UNAVAILABLE:
    case status.DATA_LOSS:
      return true;
    case status.RESOURCE_EXHAUSTED:
      return waitMillis !== undefined;
    default:
      return false;
  }
}

/**
 * How long the server asks to wait: google.rpc.Status { details = 3 } in the trailer `grpc-status-details-bin`, each an
 * Any { type_url = 1, value = 2 }; RetryInfo { retry_delay = 1 }; Duration { seconds = 1, nanos = 2 }.
 */
function retryInfoMillis({ metadata: trailers }: ServiceError): number | undefined {
  const [trailer] = trailers.get("grpc-status-details-bin");
  const status = Buffer.isBuffer(trailer) ? (readProtobuf(trailer) ?? []) : [];
  for (const { number, value } of status) {
    const detail = number === 3 && value instanceof Uint8Array ? (readProtobuf(value) ?? []) : [];
    if (textValue(detail, 1).endsWith("/google.rpc.RetryInfo"))
      return retryDelayMillis(messageValue(detail, 2));
  }
  return undefined;
}

function retryDelayMillis(retryInfo: readonly ProtobufField[] = []): number {
  const delay = messageValue(retryInfo, 1) ?? [];
  return integerValue(delay, 1) * 1_000 + integerValue(delay, 2) / 1_000_000;
}
