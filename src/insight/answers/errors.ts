/** The answer about what fails, and what fails only sometimes. */

export interface ErrorsAnswer {
  by: "task" | "pipeline";
  bucket: "hour" | "day";
  /** Worst first. */
  series: ErrorSeries[];
  flaky: FlakyStep[];
}

export interface ErrorSeries {
  pipeline: string;
  /** With `by: "task"`. */
  task?: string;
  total: number;
  failed: number;
  points: { startTime: string; total: number; failed: number }[];
  /** Most frequent first. */
  messages: { message: string; count: number; lastTraceId: string }[];
  exitCodes: { exitCode: number; count: number }[];
}

/** A task that failed and succeeded on the same commit, or failed and succeeded when retried. */
export interface FlakyStep {
  pipeline: string;
  task: string;
  /** That failed most often; absent where none was seen. */
  step?: string;
  repository?: string;
  flips: number;
  commits: { revision: string; failedTraceId: string; passedTraceId: string; time: string }[];
}
