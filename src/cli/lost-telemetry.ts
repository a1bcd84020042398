import { count } from "./count.ts";

export interface LostTelemetry {
  /** Requests of steps that were refused. */
  requests: number;
  /** Lines of steps that nobody took. */
  lines: number;
  /** Spans of reconcilers that were left out. */
  spans: number;
}

/** Nothing of what steps sent or printed, or reconcilers did, gets lost silently. */
export function sayLost({ requests, lines, spans }: LostTelemetry, say: (line: string) => void): void {
  if (requests > 0) say(`${count(requests, "request")} with telemetry of steps not kept`);
  if (lines > 0) say(`${count(lines, "line")} that steps printed not kept`);
  if (spans > 0) say(`${count(spans, "span")} of reconcilers not kept: there were too many`);
}
