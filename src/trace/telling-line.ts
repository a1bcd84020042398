/**
 * Lines at the end of what a program wrote that do not tell what went wrong: empty ones, frames of a stack, and the version by
 * which Node takes its leave. The text of a regular expression, for RE2 as well.
 */
export const UNTELLING_LINE = "^\\s*(at .*|Node\\.js v.*)?$";

/** What went wrong stands at the end of what a command wrote, but for the stack it happened in; empty when nothing tells. */
export function tellingLineOf(text: string): string {
  const untelling = new RegExp(UNTELLING_LINE);
  return text.split("\n").findLast((line) => !untelling.test(line)) ?? "";
}
