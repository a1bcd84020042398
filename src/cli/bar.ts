import type { Mark } from "./result-marks.ts";

/** What a waterfall shows of a span, wherever the span was found. */
export interface Bar {
  title: string;
  /** Stands after the title as far as there is room. */
  note?: string;
  /** `throughline.type`; `reconcile` for those of Tekton's own controllers too; empty for what else others send. */
  type: string;
  startNs: bigint;
  endNs: bigint;
  mark: Mark;
  isTimeUnknown: boolean;
  /** Its time is known to the second only. */
  isCoarse: boolean;
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
