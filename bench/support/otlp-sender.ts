/** Sends encoded `ExportTraceServiceRequest`s, one after another over one connection. */
import { Agent, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import { Client, credentials, status } from "@grpc/grpc-js";

export type Protocol = "http/protobuf" | "http/json" | "grpc";

export type Reply =
  | { kind: "kept" }
  /** Nothing was taken: to be sent again after so long. */
  | { kind: "busy"; reason: string; retryAfterMs: number }
  /** Nothing was taken, and sending it again would not help. */
  | { kind: "refused"; reason: string };

export interface Sender {
  /** Rejects when the connection broke: then nobody knows whether the request was taken. */
  send(body: Buffer): Promise<Reply>;
  close(): void;
}

export function openSender(protocol: Protocol, to: { otlpHttp: string; otlpGrpc: string }): Sender {
  if (protocol === "grpc") return grpcSender(new URL(to.otlpGrpc).host);
  const contentType = protocol === "http/json" ? "application/json" : "application/x-protobuf";
  return httpSender(new URL("/v1/traces", to.otlpHttp), contentType);
}

/** Sends a request again as often as it is told to come later. Throws when it is refused. */
export async function sendUntilKept(body: Buffer, sender: Sender): Promise<{ busyAnswers: number }> {
  for (let busyAnswers = 0; ; busyAnswers++) {
    const reply = await sender.send(body);
    if (reply.kind === "kept") return { busyAnswers };
    if (reply.kind === "refused") throw new Error(`the server refused a request: ${reply.reason}`);
    await new Promise((resolve) => setTimeout(resolve, reply.retryAfterMs));
  }
}

const RETRYABLE = new Set([429, 502, 503, 504]);

function httpSender(url: URL, contentType: string): Sender {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    async send(body) {
      const answer = await post({ url, agent, contentType, body });
      const text = await buffer(answer);
      return replyOf(answer, text);
    },
    close: () => agent.destroy(),
  };
}

function post({
  url,
  agent,
  contentType,
  body,
}: {
  url: URL;
  agent: Agent;
  contentType: string;
  body: Buffer;
}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": contentType, "content-length": body.length };
    request(url, { agent, method: "POST", headers }, resolve).on("error", reject).end(body);
  });
}

/** A response that is not empty tells of spans that were not kept (OTLP specification, "Partial Success"). */
function replyOf({ statusCode = 0, headers }: IncomingMessage, body: Buffer): Reply {
  const isEmpty = body.length === 0 || body.equals(Buffer.from("{}"));
  if (statusCode === 200 && isEmpty) return { kind: "kept" };
  const reason = `${statusCode} ${body.toString("latin1").slice(0, 300)}`;
  if (!RETRYABLE.has(statusCode)) return { kind: "refused", reason };
  return { kind: "busy", reason, retryAfterMs: Number(headers["retry-after"] ?? 1) * 1_000 };
}

const EXPORT = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";
const GRPC_RETRY_MS = 1_000;

function grpcSender(address: string): Sender {
  const client = new Client(address, credentials.createInsecure());
  return {
    send: (body) =>
      new Promise((resolve, reject) => {
        client.makeUnaryRequest(EXPORT, same, same, body, (fault, answer) => {
          if (fault === null) resolve(grpcReply(answer));
          else if (fault.code === status.RESOURCE_EXHAUSTED || fault.code === status.UNAVAILABLE)
            resolve({ kind: "busy", reason: fault.message, retryAfterMs: GRPC_RETRY_MS });
          else reject(fault);
        });
      }),
    close: () => client.close(),
  };
}

function grpcReply(answer: Buffer | undefined): Reply {
  const isEmpty = answer === undefined || answer.length === 0;
  return isEmpty
    ? { kind: "kept" }
    : { kind: "refused", reason: `partial success: ${answer.toString("latin1")}` };
}

/** Requests are encoded already. */
function same(bytes: Buffer): Buffer {
  return bytes;
}
