import type { Status } from "../../otlp/index.ts";

/** Why a request was not taken, in words of ours; each transport has its own numbers for it. */
export interface Refusal {
  kind: RefusalKind;
  reason: string;
  retryAfterSeconds?: number;
}

export type RefusalKind = keyof typeof CODES;

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
} as const;

export function refuse(
  kind: RefusalKind,
  reason: string,
  { retryAfterSeconds }: { retryAfterSeconds?: number } = {},
): Refusal {
  return { kind, reason, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

export function httpStatusOf({ kind }: Refusal): number {
  return CODES[kind].http;
}

export function statusOf({ kind, reason, retryAfterSeconds }: Refusal): Status {
  const status = { code: CODES[kind].rpc, message: reason };
  return retryAfterSeconds === undefined ? status : { ...status, retryAfterSeconds };
}
