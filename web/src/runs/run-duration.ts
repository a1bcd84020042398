import type { RunRow } from "../../../src/insight/answers/index.ts";
import { SILENCE_MS } from "../shared/silence.ts";

/** How long a run took, in milliseconds; of one that runs, how long it has by now, as long as something was heard of it lately. */
export function runDuration(run: Pick<RunRow, "result" | "startTime" | "durationMs">, now: number): number {
  if (run.result !== "running") return run.durationMs;
  const start = Date.parse(run.startTime);
  const lastHeard = start + run.durationMs;
  return now - lastHeard < SILENCE_MS ? Math.max(run.durationMs, now - start) : run.durationMs;
}
