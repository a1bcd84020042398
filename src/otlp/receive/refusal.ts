import type { Status } from "./status.ts";

/** Why a request was not taken, in words of ours; each transport has its own numbers for it. */
export interface RefusedRequest {
  kind: RefusalKind;
  reason: string;
  retryAfterSeconds?: number;
}

type RefusalKind = keyof typeof CODES;

/** HTTP status (OTLP specification, "OTLP/HTTP Response") and `google.rpc.Code`. */
const CODES = {
  malformed: { http: 400, rpc: 3 },
  unauthenticated: { http: 401, rpc: 16 },
  forbidden: { http: 403, rpc: 7 },
  unknownPath: { http: 404, rpc: 5 },
  wrongMethod: { http: 405, rpc: 12 },
  tooLarge: { http: 413, rpc: 3 },
  unsupported: { http: 415, rpc: 3 },
  busy: { http: 429, rpc: 8 },
  fault: { http: 500, rpc: 13 },
  unavailable: { http: 503, rpc: 14 },
  /** Without a time to try again: never. */
  full: { http: 507, rpc: 8 },
} as const;

/** A refusal, with a reason for whoever sent the request. */
export function refuse(
  kind: RefusalKind,
  reason: string,
  { retryAfterSeconds }: { retryAfterSeconds?: number } = {},
): RefusedRequest {
  return { kind, reason, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

/** The status line of its answer. */
export function httpStatusOf({ kind }: RefusedRequest): number {
  return CODES[kind].http;
}

/** The body of its answer; over gRPC, its details. */
export function statusOf({ kind, reason, retryAfterSeconds }: RefusedRequest): Status {
  const status = { code: CODES[kind].rpc, message: reason };
  return retryAfterSeconds === undefined ? status : { ...status, retryAfterSeconds };
}
