import type { KeyboardEvent } from "react";
import { formatCount } from "../../shared/format.ts";
import { stepMatch } from "../model/search-spans.ts";

/** Finds spans by name, service or id; Enter goes to the next, Shift and Enter to the one before. */
export function Find({
  words,
  matches,
  selected,
  onWords,
  onReveal,
}: {
  words: string;
  matches: Int32Array | undefined;
  selected: number;
  onWords: (words: string) => void;
  onReveal: (index: number) => void;
}) {
  const go = (by: 1 | -1) => {
    const index = matches === undefined ? -1 : stepMatch(matches, { from: selected, by });
    if (index >= 0) onReveal(index);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
  };
  return (
    <search className="find">
      <input
        type="search"
        className="field"
        placeholder="Find a span"
        aria-label="Find a span by name, service or id"
        value={words}
        onChange={(event) => onWords(event.target.value)}
        onKeyDown={onKeyDown}
        spellCheck={false}
        autoComplete="off"
      />
      {words.trim() !== "" && (
        <>
          <span className="find-count" role="status">
            {countOf(matches, selected)}
          </span>
          <button
            type="button"
            className="find-step"
            aria-label="Previous match"
            title="Shift + Enter"
            onClick={() => go(-1)}
          >
            ↑
          </button>
          <button
            type="button"
            className="find-step"
            aria-label="Next match"
            title="Enter"
            onClick={() => go(1)}
          >
            ↓
          </button>
        </>
      )}
    </search>
  );
}

function countOf(matches: Int32Array | undefined, selected: number): string {
  if (matches === undefined) return "";
  const position = matches.indexOf(selected) + 1;
  return position > 0
    ? `${formatCount(position)} of ${formatCount(matches.length)}`
    : formatCount(matches.length);
}
