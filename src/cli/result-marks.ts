import type { Result, RunTrace } from "../trace/index.ts";
import type { Colour } from "./terminal.ts";

/** How a result looks: a glyph that says it without colour, and a colour. */
export interface Mark {
  text: string;
  colour: Colour;
}

const MARKS: Record<Result, Mark> = {
  success: { text: "✓", colour: "green" },
  failure: { text: "✗", colour: "red" },
  error: { text: "!", colour: "red" },
  timeout: { text: "⧖", colour: "red" },
  cancellation: { text: "⊘", colour: "yellow" },
  skip: { text: "–", colour: "grey" },
};

/** Of a reconciler at work: it has no result of its own. */
export const RECONCILE_MARK: Mark = { text: "◦", colour: "grey" };

export function glyphOf(result: Result | undefined, isComplete: boolean): Mark {
  if (result !== undefined) return MARKS[result];
  return isComplete ? { text: "?", colour: "grey" } : { text: "…", colour: "blue" };
}

const WORDS: Record<Result, string> = {
  success: "succeeded",
  failure: "failed",
  error: "ended in error",
  timeout: "timed out",
  cancellation: "was cancelled",
  skip: "was skipped",
};

export function outcomeWord({
  result,
  isComplete,
  reason,
}: Pick<RunTrace, "result" | "isComplete" | "reason">): string {
  if (reason === "PipelineRunPending" || reason === "TaskRunPending") return "is held back (Pending)";
  if (result === undefined)
    return isComplete ? "ended; nothing says how" : `is running${reason ? ` (${reason})` : ""}`;
  return reason === "" || reason === "Succeeded" || reason === "Failed"
    ? WORDS[result]
    : `${WORDS[result]} (${reason})`;
}
