/** What is recorded of an error. */
import type { Exception } from "@opentelemetry/api";
import { recordable } from "./redaction.ts";
import type { Failure } from "./span-recorder.ts";

/** Type, message and stack of whatever was thrown, without secrets. */
export function failureOf(thrown: unknown): Failure {
  if (!(thrown instanceof Error)) {
    const message = recordable(String(thrown));
    return { errorType: typeof thrown, message, exception: message };
  }
  const message = recordable(thrown.message);
  const exception: Exception = {
    name: thrown.name,
    message,
    ...(thrown.stack !== undefined && { stack: recordable(thrown.stack) }),
  };
  return { errorType: codeOf(thrown) ?? thrown.name, message, exception };
}

function codeOf(error: Error): string | undefined {
  return "code" in error && typeof error.code === "string" ? error.code : undefined;
}
