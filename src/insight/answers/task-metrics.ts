/** Answers about what tasks measured of themselves. */

/** Tasks that said something about themselves: `tekton.task.duration`, `tekton.task.completions`, `tekton.task.artifact.size`. */
export interface MeasuredTasksAnswer {
  /** Latest first. `pipeline` is empty for a task that ran outside of one. */
  tasks: { pipeline: string; task: string; points: number; lastTime: string }[];
}

/** What a task said about itself, over time. */
export interface TaskMetricsAnswer {
  pipeline: string;
  task: string;
  /** Of the first bucket, and the end of the last. */
  since: string;
  until: string;
  bucketMs: number;
  /** Of the whole time; absent where no duration was measured. */
  duration?: MeasuredDuration;
  /** By result, of the whole time; `{}` where none were counted. */
  completions: Record<string, number>;
  /** All of them, empty ones too. */
  buckets: {
    startTime: string;
    /** Absent where no duration was measured. */
    duration?: MeasuredDuration;
    completions: Record<string, number>;
  }[];
  /** By name. */
  artifacts: MeasuredArtifact[];
}

/**
 * Percentiles are worked out from a histogram: within the bucket they fall into they are interpolated, what lies above the
 * last bound counts as that bound, and none is outside of the smallest and the largest that were measured, where those are told.
 * Of several sets of bounds the one that most were counted with decides. Absent where the histogram has no bounds.
 */
export interface MeasuredDuration {
  count: number;
  sumMs: number;
  p50Ms?: number;
  p95Ms?: number;
}

export interface MeasuredArtifact {
  artifact: string;
  lastBytes: number;
  lastTime: string;
  /** The last of each bucket that has any, by the start of the bucket. */
  points: { startTime: string; bytes: number }[];
}
