/** The redaction of this process: what `startTaskTelemetry` was told, and the rules of `redact` until it is called. */
import { redact, redactArguments } from "../redact.ts";

let extra: readonly RegExp[] | false = [];

/** Sets the patterns to apply on top of the rules, or switches redaction off. */
export function setRedaction(patterns: readonly RegExp[] | false): void {
  extra = patterns;
}

/** The text as it may be recorded. */
export function recordable(text: string): string {
  return extra === false ? text : redact(text, extra);
}

/** The arguments of a command as they may be recorded. */
export function recordableArguments(argv: readonly string[]): string[] {
  return extra === false ? [...argv] : redactArguments(argv, extra);
}
