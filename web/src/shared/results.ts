import type { ResultWord } from "../../../src/insight/answers/index.ts";

/** Results in the order in which they are listed and stacked: the good at the bottom, the unusual on top. */
export const RESULTS: readonly ResultWord[] = [
  "success",
  "running",
  "skip",
  "cancellation",
  "timeout",
  "error",
  "failure",
];

/** How a result looks: a glyph that says it without colour, the word people use, and its colours in `theme.css`. */
export interface ResultLook {
  glyph: string;
  word: string;
  colour: string;
  fill: string;
}

const GLYPHS: Record<ResultWord, string> = {
  success: "✓",
  failure: "✗",
  error: "!",
  timeout: "⧖",
  cancellation: "⊘",
  skip: "–",
  running: "…",
};

const WORDS: Record<ResultWord, string> = {
  success: "succeeded",
  failure: "failed",
  error: "error",
  timeout: "timed out",
  cancellation: "cancelled",
  skip: "skipped",
  running: "running",
};

/** The look of a result; its glyph and word are the same as on the terminal. */
export function resultLook(result: ResultWord): ResultLook {
  return {
    glyph: GLYPHS[result],
    word: WORDS[result],
    colour: `var(--${result})`,
    fill: `var(--${result}-fill)`,
  };
}

/** Whether text, from a URL or a trace's columns, is a result. */
export function isResultWord(text: string): text is ResultWord {
  return Object.hasOwn(WORDS, text);
}

/** Whether a run with this result is counted as failed: everything that ended otherwise than it should have. */
export function isBad(result: ResultWord): boolean {
  return result === "failure" || result === "error" || result === "timeout";
}
