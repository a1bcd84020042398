/**
 * OTLP/HTTP over Node's own client. The one in @opentelemetry/otlp-exporter-base (0.223.1) falls short in what we
 * promise: its time limit is one of idleness, so that a server that trickles holds it for ever and a retry can take
 * as long again; an answer it may retry loses status and body; `Retry-After: 0`, or one it cannot read, makes five
 * tries within milliseconds; and a protobuf error body is shown as it is.
 */
import type { IncomingMessage, OutgoingHttpHeaders } from "node:http";
import type { RequestOptions } from "node:https";
import { type Attempt, retryUntil, type Sender } from "./attempt.ts";
import { type Quote, quoteFor } from "./quote.ts";
import { type Encoding, errorText } from "./response.ts";
import { type ExportSettings, printableEndpoint } from "./settings.ts";
import { readTls } from "./tls.ts";

/** OTLP specification, "OTLP/HTTP Response", "Failures": these and no others. */
const RETRYABLE_STATUS = new Set([429, 502, 503, 504]);
/** The network's bad moods. Anything else (a certificate, a malformed header) is the same next time. */
const RETRYABLE_ERROR = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);
/** A collector's answer takes a few hundred bytes; more is not for us. */
const MAX_ANSWER_BYTES = 64 * 1024;

type Web = Pick<typeof import("node:https"), "request">;

interface Connection {
  web: Web;
  options: RequestOptions;
  settings: ExportSettings;
  encoding: Encoding;
  quote: Quote;
}

/** Opens a way to send requests over HTTP. Throws when a certificate file cannot be read. */
export async function openHttp(settings: ExportSettings): Promise<Sender> {
  const web = await (settings.endpoint.startsWith("https:") ? import("node:https") : import("node:http"));
  const tls = await readTls(settings);
  const agent = new web.Agent({ keepAlive: true });
  const encoding = settings.protocol === "http/json" ? "json" : "protobuf";
  const headers = requestHeaders(settings, encoding);
  const connection = {
    web,
    options: { method: "POST", headers, agent, ...tls },
    settings,
    encoding,
    quote: quoteFor(settings),
  } satisfies Connection;
  return {
    encoding,
    close: () => agent.destroy(),
    send: async (body) => {
      const content = await compressed(body, settings);
      return retryUntil(settings.timeoutMillis, (remaining) => post(connection, content, remaining));
    },
  };
}

function requestHeaders({ headers, compression }: ExportSettings, encoding: Encoding): OutgoingHttpHeaders {
  return {
    "user-agent": "Throughline",
    ...headers,
    "content-type": encoding === "json" ? "application/json" : "application/x-protobuf",
    ...(compression === "gzip" && { "content-encoding": "gzip" }),
  };
}

async function compressed(body: Uint8Array, { compression }: ExportSettings): Promise<Uint8Array> {
  if (compression === "none") return body;
  const [{ gzip }, { promisify }] = await Promise.all([import("node:zlib"), import("node:util")]);
  return promisify(gzip)(body);
}

async function post(connection: Connection, content: Uint8Array, remainingMillis: number): Promise<Attempt> {
  const signal = AbortSignal.timeout(remainingMillis);
  const progress = { isConnected: false };
  try {
    const response = await request({ connection, content, signal, progress });
    return judge(connection, response, await readAnswer(response));
  } catch (error) {
    return failure(connection, { error, isLate: signal.aborted, ...progress });
  }
}

interface Post {
  connection: Connection;
  content: Uint8Array;
  signal: AbortSignal;
  progress: { isConnected: boolean };
}

function request({ connection, content, signal, progress }: Post): Promise<IncomingMessage> {
  const { web, options, settings } = connection;
  return new Promise((resolve, reject) => {
    const outgoing = web.request(settings.endpoint, { ...options, signal }, resolve);
    outgoing.on("error", reject);
    outgoing.on("socket", (socket) => {
      progress.isConnected = !socket.connecting;
      socket.once("connect", () => {
        progress.isConnected = true;
      });
    });
    outgoing.end(content);
  });
}

async function readAnswer(response: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) break;
  }
  return Buffer.concat(chunks);
}

function judge({ settings, encoding, quote }: Connection, response: IncomingMessage, body: Buffer): Attempt {
  const { statusCode = 0, statusMessage = "", headers } = response;
  if (statusCode >= 200 && statusCode < 300) return { kind: "answered", body };
  const said = [`${statusCode} ${statusMessage}`, quote(errorText(body, encoding))].filter(
    (text) => text !== "",
  );
  const reason = `${printableEndpoint(settings)} answered ${said.join(": ")}`;
  if (!RETRYABLE_STATUS.has(statusCode)) return { kind: "refused", reason };
  const waitMillis = retryAfterMillis(headers["retry-after"]);
  return { kind: "retryable", reason, isUnreachable: false, ...(waitMillis !== undefined && { waitMillis }) };
}

/** RFC 9110 §10.2.3: seconds, or a date. Anything else counts as absent. */
function retryAfterMillis(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const millis = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(millis) ? undefined : millis;
}

interface Failure {
  error: unknown;
  isLate: boolean;
  isConnected: boolean;
}

function failure({ settings, quote }: Connection, { error, isLate, isConnected }: Failure): Attempt {
  const endpoint = printableEndpoint(settings);
  const { code = "", message = "" } = error as NodeJS.ErrnoException;
  const said = quote(message || code);
  if (!isLate && !RETRYABLE_ERROR.has(code))
    return { kind: "refused", reason: `sending to ${endpoint} failed: ${said}` };
  if (!isConnected) {
    const reason = `cannot reach ${endpoint}: ${isLate ? "no connection in time" : said}`;
    return { kind: "retryable", reason, isUnreachable: true };
  }
  const reason = isLate
    ? `${endpoint} did not answer in time`
    : `lost the connection to ${endpoint}: ${said}`;
  return { kind: "retryable", reason, isUnreachable: false };
}
