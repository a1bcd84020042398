/** Why a span failed, and how it says so. */
import { type Exception, type Span, SpanStatusCode } from "@opentelemetry/api";
import { recordable } from "./redaction.ts";

/** Why a span failed; what is said of it has no secrets any more. */
export interface Failure {
  /** Of few values, such as `exit_code_2`, `SIGTERM` or `TypeError`. */
  errorType: string;
  message: string;
  exception?: Exception;
}

/** Type, message and stack of whatever was thrown, without secrets. Never throws, though what was thrown may when it is read. */
export function failureOf(thrown: unknown): Failure {
  try {
    return thrown instanceof Error ? failureOfError(thrown) : failureOfValue(thrown);
  } catch {
    return { errorType: typeof thrown, message: "what was thrown cannot be shown" };
  }
}

function failureOfValue(thrown: unknown): Failure {
  const message = recordable(String(thrown));
  return { errorType: typeof thrown, message, exception: message };
}

function failureOfError(error: Error): Failure {
  const message = recordable(String(error.message));
  const stack = error.stack === undefined ? {} : { stack: recordable(error.stack) };
  return {
    errorType: codeOf(error) ?? error.name,
    message,
    exception: { name: error.name, message, ...stack },
  };
}

/** Marks a span as failed: status, `error.type`, and the exception as an event where there is one. */
export function markFailed(span: Span, { errorType, message, exception }: Failure): void {
  if (exception !== undefined) span.recordException(exception);
  span.setAttribute("error.type", errorType);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
