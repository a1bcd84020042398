import type { Nanos } from "../../tekton/index.ts";
import { sql } from "../sql.ts";
import type { Query } from "../trace-store.ts";
import { type RunFilters, runCondition } from "./filters.ts";

/** When the first and the last run that matches started: no row where none does. */
export function timesOfRuns(filters: RunFilters): Query<{ firstNs: Nanos; lastNs: Nanos }> {
  return {
    purpose: "analysis",
    text: ({ runs }) => sql`SELECT toUnixTimestamp64Nano(min(Timestamp)) AS FirstNs,
      toUnixTimestamp64Nano(max(Timestamp)) AS LastNs FROM ${runs} WHERE ${runCondition(filters)} HAVING count() > 0`,
    row: (fields) => ({ firstNs: fields.integer("FirstNs"), lastNs: fields.integer("LastNs") }),
  };
}

/** How many runs ended how, in each bucket that has any; `bucket` counts from the epoch. */
export function runHistogram(
  filters: RunFilters,
  bucketNs: bigint,
): Query<{ bucket: number; result: string; runs: number }> {
  return {
    purpose: "analysis",
    text: ({ runs }) => sql`SELECT intDiv(toUnixTimestamp64Nano(Timestamp), ${bucketNs}) AS Bucket, Result,
      count() AS Runs FROM ${runs} WHERE ${runCondition(filters)} GROUP BY Bucket, Result`,
    row: (fields) => ({
      bucket: fields.number("Bucket"),
      result: fields.text("Result"),
      runs: fields.number("Runs"),
    }),
  };
}
