import { memo, useLayoutEffect, useMemo, useRef } from "react";
import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";
import { formatMany } from "../../shared/format.ts";
import { type LogLine, logLines } from "./log-lines.ts";
import { Part } from "./Part.tsx";

/** Failing lines above the rest are for a glance; whoever wants more reads on. */
const MOST_FAILING = 8;

/** The end of a span's log, the lines that tell of a failure first. `isCut`: it has more lines, before these. */
export function Logs({ logs, isCut }: { logs: SpanAnswer["logs"]; isCut: boolean }) {
  const lines = useMemo(() => logLines(logs), [logs]);
  const failing = lines.filter(({ isFailing }) => isFailing);
  return (
    <Part title="Log">
      {failing.length > 0 && (
        <>
          <p className="soft">{formatMany(failing.length, "failing line")}</p>
          <Lines lines={failing.slice(-MOST_FAILING)} />
        </>
      )}
      <p className="soft">{captionOf(lines, { isCut, hasFailing: failing.length > 0 })}</p>
      <Lines lines={lines} />
    </Part>
  );
}

function captionOf(
  lines: readonly LogLine[],
  { isCut, hasFailing }: { isCut: boolean; hasFailing: boolean },
): string {
  const extent = isCut ? `The last ${formatMany(lines.length, "line")}.` : hasFailing ? "All of it." : "";
  const hasBoth = new Set(lines.map(({ isStderr }) => isStderr)).size === 2;
  const streams = hasBoth ? "Lines with a bar are from stderr." : "";
  return [extent, streams].filter((part) => part !== "").join(" ");
}

/** Opens at the end and stays there while lines come, unless one has scrolled away from it. */
const Lines = memo(function Lines({ lines }: { lines: readonly LogLine[] }) {
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: new lines are what moves the end
  useLayoutEffect(() => {
    if (box.current !== null && isAtEnd.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  const onScroll = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    isAtEnd.current = scrollTop + clientHeight >= scrollHeight - NEAR_END;
  };
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <pre className="details-log" tabIndex={0} ref={box} onScroll={onScroll}>
      {lines.map(({ text, isFailing, isStderr }, number) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines never change places
        <code key={number} data-failing={isFailing} data-stderr={isStderr} dir="auto">
          {text === "" ? "\n" : text}
        </code>
      ))}
    </pre>
  );
});

/** Pixels, about a line: nobody scrolls to the very last. */
const NEAR_END = 20;
