/** Answers for finding things. */
import type { ResultWord } from "./result-word.ts";

export interface SearchAnswer {
  /** Best first: exact matches of id, UID or name before partial ones. */
  matches: (
    | {
        kind: "run";
        traceId: string;
        name: string;
        namespace: string;
        pipeline: string;
        result: ResultWord;
        startTime: string;
      }
    | { kind: "pipeline"; pipeline: string; runs: number }
    | { kind: "trace"; traceId: string; name: string; service: string; startTime: string }
  )[];
}

/** What there is to filter by, most frequent first. */
export interface ValuesAnswer {
  values: { value: string; runs: number }[];
}
