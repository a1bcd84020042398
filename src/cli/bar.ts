import type { Mark } from "./result-marks.ts";

/** What a waterfall shows of a span, wherever the span was found. */
export interface Bar {
  title: string;
  /** `throughline.type`; empty for what others send. */
  type: string;
  startNs: bigint;
  endNs: bigint;
  mark: Mark;
  isTimeUnknown: boolean;
  isProvisional: boolean;
  isError: boolean;
  /** What went wrong, where that is known. */
  message?: string;
  isOnPath: boolean;
  /** In the order in which they are drawn. */
  children: Bar[];
}

/** The timing spans repeat what the bars of a run show. */
export const HIDDEN_TYPES: ReadonlySet<unknown> = new Set(["wait", "execute"]);
