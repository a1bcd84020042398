import type { ResultWord } from "../../../src/insight/answers/index.ts";
import { formatCount } from "../shared/format.ts";
import { Glyph } from "../shared/Glyph.tsx";
import { RESULTS, resultLook } from "../shared/results.ts";
import type { Counts } from "./histogram-model.ts";
import "./result-toggles.css";

/** The legend of the histogram, which is the filter by result too: each is pressed in and out. */
export function ResultToggles({
  counts,
  filter,
  onToggle,
}: {
  counts: Counts;
  /** Comma-separated; undefined shows all. */
  filter: string | undefined;
  onToggle: (result: ResultWord) => void;
}) {
  const on = new Set(filter?.split(","));
  const known = RESULTS.filter((result) => (counts[result] ?? 0) > 0 || on.has(result));
  return (
    <fieldset className="result-toggles">
      <legend className="visually-hidden">Filter by result</legend>
      {known.map((result) => (
        <button
          key={result}
          type="button"
          className="result-toggle"
          aria-pressed={on.has(result)}
          onClick={() => onToggle(result)}
        >
          <span className="result-toggle-swatch" style={{ background: resultLook(result).fill }} />
          <Glyph result={result} /> <b>{formatCount(counts[result] ?? 0)}</b>
        </button>
      ))}
    </fieldset>
  );
}
