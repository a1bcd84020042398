import { useMemo } from "react";
import type { SpanAnswer } from "../../../../src/insight/answers.ts";
import { formatMany } from "../../shared/format.ts";
import { type LogLine, logLines } from "./log-lines.ts";
import { Part } from "./Part.tsx";

/** Failing lines above the rest are for a glance; whoever wants more reads on. */
const MOST_FAILING = 8;

/** The end of a span's log, the lines that tell of a failure first. */
export function Logs({ logs }: { logs: SpanAnswer["logs"] }) {
  const lines = useMemo(() => logLines(logs), [logs]);
  const failing = lines.filter(({ isFailing }) => isFailing);
  return (
    <Part title="Log">
      {failing.length > 0 && (
        <>
          <p className="soft">{formatMany(failing.length, "failing line")}</p>
          <Lines lines={failing.slice(-MOST_FAILING)} />
          <p className="soft">All of it</p>
        </>
      )}
      <Lines lines={lines} />
    </Part>
  );
}

function Lines({ lines }: { lines: readonly LogLine[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <pre className="details-log" tabIndex={0}>
      {lines.map(({ text, isFailing }, number) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines never change places
        <code key={number} data-failing={isFailing} dir="auto">
          {text === "" ? "\n" : text}
        </code>
      ))}
    </pre>
  );
}
