/** The answer about the tasks of pipelines: where the time goes. */

export interface TaskRow {
  pipeline: string;
  task: string;
  runs: number;
  p50Ms: number;
  p95Ms: number;
  /** Of the duration of all its runs, the part it was on the critical path. */
  criticalShare: number;
  /** Medians of waiting (for the node, images, between attempts) and of working. */
  waitP50Ms: number;
  executeP50Ms: number;
  failureRate: number;
  /** Share of runs in which it was retried. */
  retryRate: number;
  skipRate: number;
  /** By how much the median run would be shorter if this task took half as long; graph and all. */
  halvedSavesMs: number;
}

export interface TasksAnswer {
  /** Bottleneck first: by what halving saves, then by share of the critical path. */
  tasks: TaskRow[];
  /** Runs looked at in all, and those `halvedSavesMs` was worked out from: the latest. */
  runs: number;
  replayedRuns: number;
}
