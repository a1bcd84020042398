/** OTLP over HTTP, by Node's own client (OTLP specification, "OTLP/HTTP Request"). */
import { readFileSync } from "node:fs";
import type { ClientRequest, RequestOptions } from "node:http";
import type { HttpDestination } from "../wire/endpoint.ts";
import type { Outcome, Parcel } from "./outbox.ts";

/** OTLP specification, "Retryable Response Codes". */
const RETRYABLE = new Set([429, 502, 503, 504]);
/** What an endpoint says of a request is a few bytes; no more than this is waited for. */
const MAXIMUM_ANSWER_BYTES = 64 * 1024;

/** Posts a parcel and tells what became of it. Does not keep the process alive, and never rejects. */
export function post(
  parcel: Parcel,
  { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
): Promise<Outcome> {
  return new Promise((resolve) => {
    let request: ClientRequest | undefined;
    const settle = (outcome: Outcome) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", expire);
      resolve(outcome);
    };
    const expire = () => {
      settle({ kind: "lost", reason: `no answer from ${hostOf(parcel.to)} in time` });
      request?.destroy();
    };
    const timer = setTimeout(expire, timeoutMs).unref();
    signal.addEventListener("abort", expire);
    request = begin(parcel, settle);
  });
}

function begin(parcel: Parcel, settle: (outcome: Outcome) => void): ClientRequest | undefined {
  try {
    const request = client(parcel.to).request(parcel.to.url, requestOptions(parcel));
    request.on("socket", (socket) => socket.unref());
    request.on("error", (error: NodeJS.ErrnoException) =>
      settle({ kind: "retry", reason: `${hostOf(parcel.to)}: ${error.code ?? error.message}` }),
    );
    request.on("response", (response) => {
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAXIMUM_ANSWER_BYTES) response.destroy();
      });
      response.on("close", () => settle(judge(parcel, response.statusCode ?? 0)));
    });
    request.end(parcel.body);
    return request;
  } catch (error) {
    settle({ kind: "lost", reason: error instanceof Error ? error.message : String(error) });
    return undefined;
  }
}

function judge({ to }: Parcel, status: number): Outcome {
  if (status >= 200 && status < 300) return { kind: "taken" };
  const reason = `${hostOf(to)} answered ${status}`;
  return RETRYABLE.has(status) ? { kind: "retry", reason } : { kind: "lost", reason };
}

/** Loaded when first needed: a step that sends nothing, or has a spool, saves their 10 ms. */
function client({ url }: HttpDestination) {
  return url.startsWith("https:")
    ? process.getBuiltinModule("node:https")
    : process.getBuiltinModule("node:http");
}

/** Everything of a request but its URL and its body, as plain data. */
export function requestOptions({
  to,
  contentType,
  body,
}: Parcel): RequestOptions & { ca?: string; cert?: string; key?: string } {
  const { certificateFile, clientCertificateFile, clientKeyFile } = to.tls;
  return {
    method: "POST",
    headers: { ...to.headers, "content-type": contentType, "content-length": body.length },
    ...(certificateFile && { ca: readFileSync(certificateFile, "utf8") }),
    ...(clientCertificateFile && { cert: readFileSync(clientCertificateFile, "utf8") }),
    ...(clientKeyFile && { key: readFileSync(clientKeyFile, "utf8") }),
  };
}

/** Without path and query, which may hold a key. */
function hostOf({ url }: HttpDestination): string {
  return new URL(url).host;
}
