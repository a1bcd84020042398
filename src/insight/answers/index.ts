/**
 * The answers to the questions, as they go over the wire: the command line prints them with `--output json`, HTTP sends
 * them, the web UI reads them. Fields are added over time, never changed.
 *
 * Times are RFC 3339 in UTC. Durations are milliseconds, with fractions where the data has them. Rates and shares are from
 * 0 to 1. What is not known is absent.
 */

export type * from "./compare.ts";
export type * from "./errors.ts";
export type * from "./finding.ts";
export type * from "./metrics.ts";
export type * from "./pipelines.ts";
export type * from "./result-word.ts";
export type * from "./runs.ts";
export type * from "./server.ts";
export type * from "./task-metrics.ts";
export type * from "./tasks.ts";
export type * from "./trace.ts";
export { MOST_LOGS, SPAN_FLAGS } from "./trace.ts";
