/** OTLP over gRPC (OTLP specification, "OTLP/gRPC"). */
import {
  logVerbosity,
  Metadata,
  Server,
  ServerInterceptingCall,
  type ServerInterceptor,
  type ServerUnaryCall,
  type sendUnaryData,
  setLogVerbosity,
} from "@grpc/grpc-js";
import { encodeStatus, type RefusedRequest, refuse, statusOf } from "../../otlp/index.ts";
import type { TraceStore } from "../../store/index.ts";
import type { TokenCheck } from "../access.ts";
import {
  KEEP_ALIVE_MILLIS,
  MAX_GRPC_MESSAGE_BYTES,
  MAX_GRPC_RECEIVING,
  MAX_GRPC_STREAMS,
  MAX_GRPC_WAITING,
  RECEIVE_MILLIS,
  RETRY_SECONDS,
} from "../limits.ts";
import { Turns } from "../turns.ts";
import type { Losses } from "./losses.ts";
import { SIGNALS, type Signal } from "./signals.ts";

export interface OtlpGrpcOptions {
  store: TraceStore;
  losses: Losses;
  hasAccess: TokenCheck;
}

/** A gRPC server with the three `Export` methods; it does not listen yet. */
export function createOtlpGrpc({ store, losses, hasAccess }: OtlpGrpcOptions): Server {
  // It would print on stderr what it also throws.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    "grpc.max_receive_message_length": MAX_GRPC_MESSAGE_BYTES,
    "grpc.max_concurrent_streams": MAX_GRPC_STREAMS,
    "grpc.max_connection_idle_ms": KEEP_ALIVE_MILLIS,
    interceptors: [admitInTurn(hasAccess, losses)],
  });
  for (const signal of SIGNALS) {
    const path = `/${signal.service}/Export`;
    server.addService({ Export: { path, ...METHOD } }, { Export: exportTo({ store, losses }, signal) });
  }
  return server;
}

/** The bytes of a request, which whoever has read them takes out: gRPC itself holds on to a request until it is answered. */
interface Message {
  bytes: Buffer;
}

/** Messages stay bytes: decoding them is ours. */
const METHOD = {
  requestStream: false,
  responseStream: false,
  requestSerialize: ({ bytes }: Message) => bytes,
  requestDeserialize: (bytes: Buffer): Message => ({ bytes }),
  responseSerialize: (bytes: Buffer) => bytes,
  responseDeserialize: (bytes: Buffer) => bytes,
} as const;

const NO_BYTES = Buffer.alloc(0);

function exportTo({ store, losses }: Pick<OtlpGrpcOptions, "store" | "losses">, signal: Signal) {
  return async (
    { request }: ServerUnaryCall<Message, Buffer>,
    respond: sendUnaryData<Buffer>,
  ): Promise<void> => {
    const { rejected, outcome } = signal.take(
      { body: request.bytes, contentType: "application/grpc" },
      store,
    );
    losses.rejected(signal.items, rejected);
    request.bytes = NO_BYTES;
    const kept = await outcome;
    if (kept.kind === "kept") respond(null, Buffer.from(kept.response("protobuf")));
    else respond(refusedStatus(kept, losses));
  };
}

/**
 * Refuses who has no token before anything is received. Of the others, so many are received at once; the rest wait,
 * and HTTP/2 flow control keeps what they send on their side. Who is slow loses the turn.
 */
function admitInTurn(hasAccess: TokenCheck, losses: Losses): ServerInterceptor {
  const turns = new Turns({ atOnce: MAX_GRPC_RECEIVING, maxWaiting: MAX_GRPC_WAITING });
  return (_method, call) => {
    const admission = new Admission(turns, (refusal) => call.sendStatus(refusedStatus(refusal, losses)));
    return new ServerInterceptingCall(call, {
      start: (start) =>
        start({
          onReceiveMetadata: (metadata, forward) => {
            const [authorization] = metadata.get("authorization");
            if (hasAccess(authorization?.toString())) void admission.begin(() => forward(metadata));
            else
              admission.refuse(
                refuse("unauthenticated", "send the server's token: authorization: Bearer TOKEN"),
              );
          },
          onReceiveHalfClose: (forward) => {
            forward();
            admission.end();
          },
          onCancel: () => admission.end(),
        }),
    });
  };
}

/** One call on its way in: waits for a turn, has it until its message is decoded or the call is gone. */
class Admission {
  readonly refuse: (refusal: RefusedRequest) => void;
  readonly #turns: Turns;
  #isOver = false;
  #leave: (() => void) | undefined;
  #slow: NodeJS.Timeout | undefined;

  constructor(turns: Turns, refuseCall: (refusal: RefusedRequest) => void) {
    this.#turns = turns;
    this.refuse = refuseCall;
  }

  async begin(receive: () => void): Promise<void> {
    this.#leave = await this.#turns.take();
    if (this.#leave === undefined)
      return this.refuse(refuse("busy", "too many calls wait", { retryAfterSeconds: RETRY_SECONDS }));
    if (this.#isOver) return this.#leave();
    this.#slow = setTimeout(
      () => this.refuse(refuse("unavailable", "the request did not arrive in time")),
      RECEIVE_MILLIS,
    );
    receive();
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#slow);
    this.#leave?.();
  }
}

function refusedStatus(refusal: RefusedRequest, losses: Losses): ReturnType<typeof grpcStatus> {
  const status = grpcStatus(refusal);
  losses.refused("grpc", status.code);
  return status;
}

/** "Resource exhausted" is tried again only if a RetryInfo says so (OTLP specification, "OTLP/gRPC Throttling"). */
function grpcStatus(refusal: RefusedRequest): { code: number; details: string; metadata: Metadata } {
  const status = statusOf(refusal);
  const metadata = new Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(encodeStatus(status, "protobuf")));
  return { code: status.code, details: status.message, metadata };
}
