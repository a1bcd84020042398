import type { ResultWord } from "../../../src/insight/answers/index.ts";
import "./glyph.css";
import { resultLook } from "./results.ts";

/** A result as glyph, word and colour. `isShort` shows the glyph alone; the word stays for screen readers and on hover. */
export function Glyph({ result, isShort = false }: { result: ResultWord; isShort?: boolean }) {
  const { word, colour } = resultLook(result);
  return (
    <span className="glyph" style={{ color: colour }} title={isShort ? word : undefined}>
      <ResultIcon result={result} />
      <span className={isShort ? "visually-hidden" : undefined}>{word}</span>
    </span>
  );
}

/** The glyphs of the terminal, drawn: fonts do not agree on them. */
const SHAPES: Record<ResultWord, string> = {
  success: "M2 6.6 4.8 9.4 10 2.8",
  failure: "M2.6 2.6l6.8 6.8M9.4 2.6l-6.8 6.8",
  error: "M6 1.8v5.4M6 9.6v.6",
  timeout: "M2.6 1.6h6.8M2.6 10.4h6.8M3.6 1.8C3.6 6 8.4 6 8.4 10.2M8.4 1.8C8.4 6 3.6 6 3.6 10.2",
  cancellation: "M6 1.6a4.4 4.4 0 1 0 0 8.8a4.4 4.4 0 1 0 0-8.8M3 9l6-6",
  skip: "M2.6 6h6.8",
  running: "M2.2 6h.1M6 6h.1M9.8 6h.1",
};

/** The sign of a result in the colour of the text around it, in HTML or within a drawing. Say the word beside it. */
export function ResultIcon({ result }: { result: ResultWord }) {
  return (
    <svg className="result-icon" width={12} height={12} viewBox="0 0 12 12" aria-hidden="true">
      <path d={SHAPES[result]} />
    </svg>
  );
}
