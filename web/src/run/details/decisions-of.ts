import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";

/** What a reconciler says it did in a span: lists are stored as JSON text. Other text is taken as one decision. */
export function decisionsOf({ attributes }: Pick<SpanAnswer, "attributes">): string[] {
  const text = attributes["throughline.reconcile.decisions"] ?? "";
  if (text === "") return [];
  try {
    const decisions: unknown = JSON.parse(text);
    return Array.isArray(decisions) ? decisions.map(String) : [text];
  } catch {
    return [text];
  }
}
