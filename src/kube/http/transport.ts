import {
  type ClientRequest,
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { ApiError } from "../api.ts";
import { bearerTokens } from "./bearer-token.ts";
import { errorOf } from "./decode.ts";
import type { KubeAccess } from "./kube-access.ts";

export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** With the query. */
  path: string;
  body?: { type: string; value: unknown };
  /** No byte for so long means that the other side is gone. */
  silenceMillis: number;
  signal?: AbortSignal;
}

/** Sends requests to one API server over connections that are kept. */
export interface Transport {
  /** The answer, whose body is to be read. A status that is no success is thrown as {@link ApiError}. */
  send(call: Call): Promise<IncomingMessage>;
}

export function openTransport(access: KubeAccess): Transport {
  const base = new URL(access.server);
  const isTls = base.protocol === "https:";
  const agent = isTls
    ? new HttpsAgent({ keepAlive: true, ...tlsOptions(access) })
    : new HttpAgent({ keepAlive: true });
  const authorization = bearerTokens(access);
  const root = base.pathname.replace(/\/$/, "");
  return {
    send: async (call) => {
      const header = await authorization();
      const url = new URL(root + call.path, base);
      const body = call.body === undefined ? undefined : Buffer.from(JSON.stringify(call.body.value));
      const headers = {
        accept: "application/json",
        "user-agent": "throughline",
        ...(header === undefined ? {} : { authorization: header }),
        ...(call.body === undefined
          ? {}
          : { "content-type": call.body.type, "content-length": body?.length }),
      };
      const options = { method: call.method, headers, agent, signal: call.signal };
      const response = await answerTo(isTls ? httpsRequest(url, options) : httpRequest(url, options), {
        call,
        body,
      });
      const { statusCode = 0 } = response;
      if (statusCode >= 200 && statusCode < 300) return response;
      throw errorOf({ status: statusCode, body: await textOf(response), from: nameOf(call) });
    },
  };
}

function tlsOptions({
  certificateAuthority,
  clientCertificate,
  clientKey,
  serverName,
  isUnverified,
}: KubeAccess) {
  return {
    ca: certificateAuthority,
    cert: clientCertificate,
    key: clientKey,
    servername: serverName,
    rejectUnauthorized: !isUnverified,
  };
}

function answerTo(
  request: ClientRequest,
  { call, body }: { call: Call; body: Buffer | undefined },
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    let answer: IncomingMessage | undefined;
    request.setTimeout(call.silenceMillis, () =>
      (answer ?? request).destroy(new Error(`nothing for ${call.silenceMillis} ms`)),
    );
    request.on("error", (cause) => reject(unreachable(call, cause)));
    request.on("response", (response) => {
      answer = response;
      resolve(response);
    });
    request.end(body);
  });
}

/** The API server cannot be reached, or the connection to it broke. */
export function unreachable(call: Call, cause: unknown): ApiError {
  const message = `${nameOf(call)}: ${cause instanceof Error ? describe(cause) : String(cause)}`;
  return new ApiError({ status: 0, reason: "Unreachable", message }, { cause });
}

/** A host with several addresses fails with an error for each, and no message of its own. */
function describe(error: Error & { code?: string }): string {
  return error.message || error.code || error.name;
}

function nameOf({ method, path }: Call): string {
  return `${method} ${path.replace(/\?.*$/s, "")}`;
}

/** A page of 500 objects as large as etcd takes them would be 750 MB; real ones have 10 kB. */
const MOST_BODY_BYTES = 512 * 1024 * 1024;

/** The whole body. */
export async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BODY_BYTES) throw new RangeError(`an answer of more than ${MOST_BODY_BYTES} bytes`);
  }
  return Buffer.concat(chunks).toString();
}
