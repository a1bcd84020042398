/** OTLP over HTTP (OTLP specification, "OTLP/HTTP"). */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type Encoding,
  encodeStatus,
  encodingOf,
  httpStatusOf,
  inflateBounded,
  type RefusedRequest,
  refuse,
  statusOf,
} from "../../otlp/index.ts";
import type { TraceStore } from "../../store/index.ts";
import { namesThisMachine, type TokenCheck } from "../access.ts";
import { type Account, ByteBudget } from "../byte-budget.ts";
import { createHttpApp } from "../http-app.ts";
import { MAX_BODIES_BYTES, MAX_BODY_BYTES, MAX_UNPACKING, RETRY_SECONDS } from "../limits.ts";
import { Turns } from "../turns.ts";
import type { Losses } from "./losses.ts";
import { readBody } from "./read-body.ts";
import { SIGNALS, type Signal, type Taken } from "./signals.ts";

interface Receiver {
  store: TraceStore;
  losses: Losses;
  budget: ByteBudget;
  unpacking: Turns;
}

export interface OtlpHttpOptions {
  store: TraceStore;
  losses: Losses;
  hasAccess: TokenCheck;
  /** Whether requests must name this machine: on loopback. */
  isLocal: boolean;
}

/** An HTTP server for `/v1/traces`, `/v1/metrics` and `/v1/logs`; it does not listen yet. */
export function createOtlpHttp({ store, losses, hasAccess, isLocal }: OtlpHttpOptions): FastifyInstance {
  const receiver = {
    store,
    losses,
    budget: new ByteBudget(MAX_BODIES_BYTES),
    unpacking: new Turns({ atOnce: MAX_UNPACKING, maxWaiting: Number.POSITIVE_INFINITY }),
  };
  const app = createHttpApp({ describe: (message) => statusOf(refuse("malformed", message)) });
  app.addHook("onRequest", async (request, reply) => {
    const refusal = refusalOf(request, { hasAccess, isLocal });
    if (refusal !== undefined) return sendRefusal(reply, refusal);
  });
  app.addHook("onResponse", async (_request, { statusCode }) => {
    if (statusCode >= 400) losses.refused("http", statusCode);
  });
  for (const signal of SIGNALS) {
    app.post(signal.path, (request, reply) => receive({ request, reply, signal }, receiver));
    app.route({
      method: ["GET", "PUT", "PATCH", "DELETE", "OPTIONS"],
      url: signal.path,
      handler: (_request, reply) =>
        sendRefusal(reply.header("allow", "POST"), refuse("wrongMethod", `POST to ${signal.path}`)),
    });
  }
  const paths = SIGNALS.map(({ path }) => path).join(", ");
  app.setNotFoundHandler((_request, reply) =>
    sendRefusal(reply, refuse("unknownPath", `OTLP is received at ${paths}`)),
  );
  app.setErrorHandler((fault: { statusCode?: number; message: string }, _request, reply) =>
    sendRefusal(reply, refusalOfFault(fault)),
  );
  return app;
}

function refusalOf(
  { headers }: FastifyRequest,
  { hasAccess, isLocal }: Pick<OtlpHttpOptions, "hasAccess" | "isLocal">,
): RefusedRequest | undefined {
  if (isLocal && !namesThisMachine(headers.host))
    return refuse("forbidden", "the Host header names another machine; use localhost");
  if (!hasAccess(headers.authorization))
    return refuse("unauthenticated", "send the server's token: authorization: Bearer TOKEN");
  return undefined;
}

/** What Fastify finds wrong with a request before a handler sees it, for example a content type that is none. */
function refusalOfFault({
  statusCode = 500,
  message,
}: {
  statusCode?: number;
  message: string;
}): RefusedRequest {
  if (statusCode === 415) return refuse("unsupported", message);
  if (statusCode < 500) return refuse("malformed", message);
  return refuse("fault", "the server failed; the request is not to blame");
}

interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
  signal: Signal;
}

async function receive({ request, reply, signal }: Exchange, receiver: Receiver): Promise<FastifyReply> {
  const encoding = encodingOf(request.headers["content-type"]);
  if (encoding === undefined)
    return sendRefusal(reply, refuse("unsupported", "the content type is neither protobuf nor JSON"));
  const taken = await take({ request, signal }, receiver);
  const kept = "outcome" in taken ? await taken.outcome : taken;
  if (kept.kind !== "kept") return sendRefusal(reply, kept);
  return reply.type(contentTypeOf(encoding)).send(kept.response(encoding));
}

/** The body is let go of before the store answers: only rows wait there. */
async function take(
  exchange: Pick<Exchange, "request" | "signal">,
  receiver: Receiver,
): Promise<Taken | RefusedRequest> {
  const account = receiver.budget.open();
  try {
    return await takeWithin(account, exchange, receiver);
  } finally {
    account.release();
  }
}

async function takeWithin(
  account: Account,
  { request, signal }: Pick<Exchange, "request" | "signal">,
  { unpacking, store, losses }: Receiver,
): Promise<Taken | RefusedRequest> {
  if (Number(request.headers["content-length"] ?? 0) > MAX_BODY_BYTES) return tooLarge();
  const body = await readBody(request.raw, { account, maxBytes: MAX_BODY_BYTES });
  if (body.kind === "tooLarge") return tooLarge();
  if (body.kind === "full")
    return refuse("busy", "too many bytes are being received", { retryAfterSeconds: RETRY_SECONDS });
  if (body.kind === "gone") return refuse("malformed", "the body ended early");
  const leave = await unpacking.take();
  try {
    const { "content-encoding": packing, "content-type": contentType } = request.headers;
    const unpacked = await inflateBounded(body.bytes, packing, MAX_BODY_BYTES);
    if (unpacked.kind !== "inflated") return refuse(unpacked.kind, unpacked.reason);
    const taken = signal.take({ body: unpacked.body, contentType }, store);
    losses.rejected(signal.items, taken.rejected);
    return taken;
  } finally {
    leave?.();
  }
}

function tooLarge(): RefusedRequest {
  return refuse("tooLarge", `the body is longer than ${MAX_BODY_BYTES} bytes; send smaller batches`);
}

/** In the encoding of the request; in JSON where that is not known. */
function sendRefusal(reply: FastifyReply, refusal: RefusedRequest): FastifyReply {
  const encoding = encodingOf(reply.request.headers["content-type"]) ?? "json";
  if (refusal.retryAfterSeconds !== undefined) reply.header("retry-after", refusal.retryAfterSeconds);
  if (refusal.kind === "unauthenticated") reply.header("www-authenticate", "Bearer");
  return reply
    .code(httpStatusOf(refusal))
    .type(contentTypeOf(encoding))
    .send(encodeStatus(statusOf(refusal), encoding));
}

function contentTypeOf(encoding: Encoding): string {
  return encoding === "json" ? "application/json" : "application/x-protobuf";
}
