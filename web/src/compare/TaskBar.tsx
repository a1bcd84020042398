import { Link } from "wouter";
import type { CompareRunsAnswer } from "../../../src/insight/answers/index.ts";
import { formatDuration } from "../shared/format.ts";
import { ResultIcon } from "../shared/Glyph.tsx";
import { isBad, resultLook } from "../shared/results.ts";

type Task = NonNullable<CompareRunsAnswer["tasks"][number]["a"]>;

/** A task of one run in the comparison's timeline: waiting hatched, then working; a bad end says so behind the bar. */
export function TaskBar({
  side,
  task,
  scaleMs,
  href,
}: {
  side: "a" | "b";
  task: Task;
  scaleMs: number;
  href: string;
}) {
  const { result, offsetMs, durationMs, waitMs } = task;
  const percent = (milliseconds: number) => `${((milliseconds / scaleMs) * 100).toFixed(2)}%`;
  const words = `${side.toUpperCase()}: ${resultLook(result).word}, ${formatDuration(durationMs)}, ${formatDuration(waitMs)} waiting`;
  return (
    <Link href={href} className="task-bar" data-side={side} aria-label={words} title={words}>
      <span
        className="task-bar-wait hatched"
        style={{ left: percent(offsetMs), width: percent(Math.min(waitMs, durationMs)) }}
      />
      <span
        className="task-bar-work"
        style={{
          left: percent(offsetMs + Math.min(waitMs, durationMs)),
          width: percent(Math.max(0, durationMs - waitMs)),
        }}
      />
      {(isBad(result) || result === "cancellation") && (
        <span
          className="task-bar-end"
          style={{ left: percent(offsetMs + durationMs), color: resultLook(result).colour }}
        >
          <ResultIcon result={result} />
        </span>
      )}
    </Link>
  );
}
