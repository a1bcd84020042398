import { memo } from "react";
import { type ResultWord, SPAN_FLAGS } from "../../../../src/insight/answers/index.ts";
import { formatDuration, formatMany } from "../../shared/format.ts";
import { Glyph } from "../../shared/Glyph.tsx";
import { isResultWord, resultLook } from "../../shared/results.ts";
import { ROW } from "../model/rows.ts";
import { SPAN_KINDS } from "../model/span-kind.ts";
import { ancestorsOf, isWaiting, NO_EXIT_CODE, type Trace, textAt } from "../model/trace.ts";
import { Marked } from "./Marked.tsx";
import { KIND_VARIABLES } from "./palette.ts";

/** Deeper levels are not moved further right: the name would leave the column. */
const DEEPEST_INDENT = 16;
/** More of a name is in the details. */
const LONGEST_NAME = 240;
const LONGEST_TITLE = 2000;

interface TreeRowProps {
  trace: Trace;
  index: number;
  state: number;
  /** How many spans are below that may be shown. */
  below: number;
  top: number;
  isSelected: boolean;
  words: string;
}

/** One span in the tree: its place, kind, result and name. The row is as wide as the timeline; its bar is on the canvas above it. */
export const TreeRow = memo(function TreeRow({
  trace,
  index,
  state,
  below,
  top,
  isSelected,
  words,
}: TreeRowProps) {
  const hasChildren = (state & ROW.hasChildren) !== 0;
  const isOpen = (state & ROW.isOpen) !== 0;
  const depth = trace.depth[index] ?? 0;
  const kind = SPAN_KINDS[trace.kind[index] ?? 0] ?? "inner";
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree has the focus and names its active row, as a virtual list must
    <div
      id={rowId(index)}
      role="treeitem"
      className="row"
      aria-level={depth + 1}
      aria-selected={isSelected}
      aria-expanded={hasChildren ? isOpen : undefined}
      aria-label={spokenOf(trace, { index, below })}
      data-index={index}
      style={{ transform: `translateY(${top}px)` }}
    >
      <span className="row-tree">
        <span
          className="row-indent"
          style={{ "--depth": Math.min(depth, DEEPEST_INDENT) } as React.CSSProperties}
        />
        <Fold hasChildren={hasChildren} isOpen={isOpen} />
        <span className="row-kind" style={{ background: `var(${KIND_VARIABLES[kind]})` }} />
        <Result trace={trace} index={index} />
        <ServiceOf trace={trace} index={index} />
        <span className="row-name clip" dir="auto" title={nameOf(trace, index)}>
          <Marked text={nameOf(trace, index)} words={words} />
        </span>
        <DecisionsOf trace={trace} index={index} words={words} />
        {hasChildren && !isOpen && <span className="row-count">{below}</span>}
      </span>
    </div>
  );
});

/** The id of a row's element, for `aria-activedescendant`. */
export function rowId(index: number): string {
  return `row-${index}`;
}

function Fold({ hasChildren, isOpen }: { hasChildren: boolean; isOpen: boolean }) {
  if (!hasChildren) return <span className="row-fold" />;
  return (
    <span className="row-fold" data-fold="">
      <svg width="9" height="9" viewBox="0 0 9 9" aria-hidden="true" data-open={isOpen}>
        <path d="M2.5 1.5 6 4.5 2.5 7.5" fill="none" stroke="currentColor" strokeWidth="1.4" />
      </svg>
    </span>
  );
}

/** Only what is not as it should be: a column of ticks says nothing. */
function Result({ trace, index }: { trace: Trace; index: number }) {
  const result = resultOf(trace, index);
  return result === undefined || result === "success" ? null : <Glyph result={result} isShort />;
}

/** What carries no result, as spans of reconcilers and of programs do, may still have failed. */
function resultOf(trace: Trace, index: number): ResultWord | undefined {
  if (isWaiting(trace, index)) return undefined;
  const result = textAt(trace, trace.result, index);
  if (isResultWord(result)) return result;
  return ((trace.flags[index] ?? 0) & SPAN_FLAGS.error) === 0 ? undefined : "error";
}

/** What a reconciler decided, as far as there is room beside its name. */
function DecisionsOf({ trace, index, words }: { trace: Trace; index: number; words: string }) {
  const decisions = trace.decisions.get(index);
  if (decisions === undefined) return null;
  return (
    <span className="row-decisions clip" title={decisions.slice(0, LONGEST_TITLE)}>
      <Marked text={decisions.slice(0, LONGEST_NAME)} words={words} />
    </span>
  );
}

/**
 * The service, where it is another than that of the span above; names of reconcilers begin with what theirs says, and what runs
 * inside a step is called as the task, which stands above.
 */
function ServiceOf({ trace, index }: { trace: Trace; index: number }) {
  const above = trace.parent[index] ?? -1;
  if (above < 0 || trace.service[above] === trace.service[index]) return null;
  if (SPAN_KINDS[trace.kind[index] ?? 0] === "reconcile") return null;
  const service = textAt(trace, trace.service, index);
  if (ancestorsOf(trace, index).some((ancestor) => textAt(trace, trace.name, ancestor) === service))
    return null;
  return <span className="row-service clip">{service.slice(0, 60)}</span>;
}

function nameOf(trace: Trace, index: number): string {
  const name = textAt(trace, trace.name, index);
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name || "(no name)";
}

function spokenOf(trace: Trace, { index, below }: { index: number; below: number }): string {
  const result = resultOf(trace, index);
  const code = trace.exitCode[index] ?? NO_EXIT_CODE;
  return [
    nameOf(trace, index),
    result === undefined ? "" : resultLook(result).word,
    isWaiting(trace, index) ? "waiting" : formatDuration(trace.durationsMs[index] ?? 0),
    code === NO_EXIT_CODE || code === 0 ? "" : `exit code ${code}`,
    trace.decisions.get(index) ?? "",
    below > 0 ? `${formatMany(below, "span")} below` : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}
