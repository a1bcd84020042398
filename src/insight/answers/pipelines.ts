/** Answers about pipelines: all of them, and how one went over time. */
import type { ResultWord } from "./result-word.ts";

export interface PipelineRow {
  pipeline: string;
  namespaces: string[];
  runs: number;
  failed: number;
  p50Ms: number;
  p95Ms: number;
  lastStartTime: string;
  lastResult: ResultWord;
}

export interface PipelinesAnswer {
  pipelines: PipelineRow[];
}

export interface TrendAnswer {
  pipeline: string;
  bucket: "hour" | "day";
  /** Only buckets with runs that are over. */
  points: { startTime: string; runs: number; failed: number; p50Ms: number; p95Ms: number }[];
  /** Where the median changed for longer than noise explains. */
  changes: { startTime: string; beforeMs: number; afterMs: number }[];
}
