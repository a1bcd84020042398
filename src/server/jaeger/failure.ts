import { StoreError } from "../../store/index.ts";
import { statusOf } from "../fault-status.ts";

/** How an error that ended a request is answered. */
export interface Failure {
  /** HTTP status. */
  code: number;
  message: string;
}

const STORE_CODES = { busy: 503, unavailable: 503, tooExpensive: 422 } as const;

/** What a client is told of an error that ended its request. Faults of ours keep their details to themselves. */
export function failureOf(error: unknown): Failure {
  if (error instanceof StoreError && error.reason !== "fault")
    return { code: STORE_CODES[error.reason], message: error.message };
  const code = statusOf(error);
  if (error instanceof Error && code < 500) return { code, message: error.message };
  return { code: 500, message: "the request failed for a reason of Throughline's own" };
}
