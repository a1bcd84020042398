/** Answers that hold runs, or groups of them, side by side. */
import type { ResultWord } from "./result-word.ts";
import type { RunRow } from "./runs.ts";

/** One side of a comparison, as asked for: `branch:main`, `pipeline:build`, `period:2026-11-01..2026-11-08`. */
export interface Side {
  label: string;
  runs: number;
}

/**
 * `changeMs` is b − a of the medians, within `lowMs` to `highMs` with 95 % confidence. Significant when that interval does not
 * contain zero.
 */
export interface Difference {
  a: { runs: number; p50Ms: number; p95Ms: number; failureRate: number };
  b: { runs: number; p50Ms: number; p95Ms: number; failureRate: number };
  changeMs: number;
  lowMs: number;
  highMs: number;
  isSignificant: boolean;
}

export interface CompareGroupsAnswer {
  kind: "groups";
  a: Side;
  b: Side;
  overall: Difference;
  /** Largest significant change first. A side a task is missing from has `runs: 0`. */
  tasks: (Difference & { task: string })[];
}

export interface CompareRunsAnswer {
  kind: "runs";
  a: RunRow;
  b: RunRow;
  /** In order of start on side b, then those that only a has. Offsets are from the run's start. */
  tasks: {
    task: string;
    a?: { result: ResultWord; offsetMs: number; durationMs: number; waitMs: number; spanId: string };
    b?: { result: ResultWord; offsetMs: number; durationMs: number; waitMs: number; spanId: string };
    changeMs?: number;
  }[];
}

export type CompareAnswer = CompareGroupsAnswer | CompareRunsAnswer;
