import { type ErrorAnswer, QuestionError } from "../../insight/index.ts";
import { StoreError } from "../../store/index.ts";
import { statusOf } from "../fault-status.ts";

/** How an error that ended a request is answered. */
export interface Refusal {
  status: number;
  /** For `Retry-After`. */
  retryAfterSeconds?: number;
  answer: ErrorAnswer;
}

const RETRY_SECONDS = 1;

/** What a client is told. Faults of ours keep their details to themselves. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof QuestionError) {
    return refusal(error.code === "notFound" ? 404 : 400, error.code, error.message);
  }
  if (error instanceof StoreError && error.reason === "tooExpensive") {
    return refusal(400, "badRequest", error.message);
  }
  if (error instanceof StoreError && error.reason !== "fault") {
    return { ...refusal(503, "busy", error.message), retryAfterSeconds: RETRY_SECONDS };
  }
  const status = statusOf(error);
  if (error instanceof Error && status < 500) return refusal(status, "badRequest", error.message);
  return refusal(500, "fault", "the question failed for a reason of Throughline's own");
}

export function refusal(status: number, code: ErrorAnswer["error"]["code"], message: string): Refusal {
  return { status, answer: { error: { code, message } } };
}
