/**
 * Traces and metrics from inside a step of a Tekton task.
 *
 * @example
 * import { runCommand, shutdown, startTaskTelemetry, withSpan } from "@throughline/task";
 * startTaskTelemetry();
 * await withSpan("build", () => runCommand("make", ["all"], { check: true }));
 * await shutdown();
 */

export { redact, redactArguments } from "./redact.ts";
export { type TaskMetrics, taskMetrics } from "./sdk/metrics.ts";
export { CommandError, type CommandOptions, type CommandResult, runCommand } from "./sdk/run-command.ts";
export { loadTraceContext, saveTraceContext } from "./sdk/saved-context.ts";
export { type WithSpanOptions, withSpan } from "./sdk/span.ts";
export {
  shutdown,
  startTaskTelemetry,
  type TaskTelemetry,
  type TaskTelemetryOptions,
} from "./sdk/telemetry.ts";
export {
  ARTIFACT_SIZE,
  TASK_COMPLETIONS,
  TASK_DURATION,
  type TaskResult,
} from "./wire/metric-definitions.ts";
