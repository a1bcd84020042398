/** What clients may take of the server. Each limit stands between one odd client and everybody else. */
import { DEFAULT_LIMITS } from "../otlp/index.ts";

/** Of one OTLP/HTTP body, packed and unpacked. */
export const MAX_BODY_BYTES = DEFAULT_LIMITS.maxBodyBytes;

/** All OTLP/HTTP bodies together that are being received or wait to be unpacked: six of the largest, hundreds of usual ones. */
export const MAX_BODIES_BYTES = 128 * 1024 * 1024;

/** Bodies unpacked at once. More would not be faster on few cores, and each may be as large as {@link MAX_BODY_BYTES}. */
export const MAX_UNPACKING = 4;

/** A batch of 8,192 spans, which is what collectors send unless told otherwise, takes six. */
export const MAX_GRPC_MESSAGE_BYTES = 8 * 1024 * 1024;

/** gRPC messages received at once; with the size above, as much as all HTTP bodies. Others are held back by flow control. */
export const MAX_GRPC_RECEIVING = MAX_BODIES_BYTES / MAX_GRPC_MESSAGE_BYTES;

/** gRPC calls that wait to be received. Each holds what flow control lets through, 64 KiB. */
export const MAX_GRPC_WAITING = 512;

/** gRPC calls at once on one connection. */
export const MAX_GRPC_STREAMS = 128;

/** To send a request, from its first byte to its last. */
export const RECEIVE_MILLIS = 30_000;

/** To send the headers of a request. */
export const HEADERS_MILLIS = 10_000;

/** How often Node looks for clients that exceed the two above. */
export const TIMEOUT_CHECK_MILLIS = 2_000;

/** A connection without a request. Collectors send every few seconds. */
export const KEEP_ALIVE_MILLIS = 60_000;

/**
 * Nothing goes either way on a connection: a client that asked for much and does not read it holds up to 100 MB. A
 * question takes up to 30 seconds, and live updates have a heartbeat.
 */
export const SILENCE_MILLIS = 120_000;

/** For each of the HTTP ports. @grpc/grpc-js has no such limit: what its connections may send at once is limited above. */
export const MAX_CONNECTIONS = 1_000;

/** Of an address: a name may be as long as a received one, 1,024 bytes, and each byte may be written as `%41`. */
export const MAX_PATH_PART = 3 * DEFAULT_LIMITS.maxNameBytes;

/** Answers of many spans that may wait while one is made. Of 100,000 spans, one takes some 150 MB and two seconds. */
export const MAX_LARGE_ANSWERS_WAITING = 16;

/** To finish what was accepted when the server closes. */
export const CLOSE_MILLIS = 5_000;

/** What a sender is told to wait when all bodies together are too much: they are gone sooner than that. */
export const RETRY_SECONDS = 1;
