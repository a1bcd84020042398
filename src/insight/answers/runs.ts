/** Answers about runs: their list, and how many there were over time. */
import type { ResultWord } from "./result-word.ts";

export interface RunRow {
  traceId: string;
  spanId: string;
  kind: "PipelineRun" | "TaskRun";
  namespace: string;
  name: string;
  uid?: string;
  pipeline: string;
  result: ResultWord;
  reason?: string;
  /** Of a failure. */
  message?: string;
  failedTask?: string;
  failedStep?: string;
  startTime: string;
  /** Absent while it runs. */
  endTime?: string;
  /** Up to the last moment known, while it runs. */
  durationMs: number;
  /** The part of its critical path that was waiting: for a controller, a node, an image. */
  waitMs: number;
  /** `owner/name`. */
  repository?: string;
  branch?: string;
  revision?: string;
  change?: string;
  actor?: string;
  /** What started it, for example `push`. */
  trigger?: string;
  application?: string;
  component?: string;
}

export interface RunsAnswer {
  runs: RunRow[];
  /** How many match in all. */
  total: number;
  /** Give it as `after` for the next page; absent on the last. */
  next?: string;
}

export interface RunsHistogramAnswer {
  /** Of the first bucket, and the end of the last. */
  since: string;
  until: string;
  bucketMs: number;
  /** All of them, empty ones too. */
  buckets: { startTime: string; counts: Partial<Record<ResultWord, number>> }[];
}
