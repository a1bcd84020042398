/** What the entrypoint of a step is told: when to begin, what to run, what to do with the end (tektoncd/pipeline cmd/entrypoint). */
import type { ResultSpec, Step, TaskSpec } from "../../types/index.ts";
import { DOWNWARD_DIRECTORY, RUN_DIRECTORY, TERMINATION_FILE } from "./contract.ts";

/** A step, complete, and its place in the Task. */
export interface EntrypointOptions {
  step: Step;
  index: number;
  task: TaskSpec;
  /** Program and first arguments; empty for the image's own. */
  command: readonly string[];
  args: readonly string[];
}

/** Flags, then what the step itself is given, after `--`. */
export function entrypointArgs(options: EntrypointOptions): string[] {
  const { command, args } = options;
  const [program, ...first] = command;
  return [
    ...turnArgs(options),
    ...behaviourArgs(options.step),
    ...resultArgs(options),
    ...(program === undefined ? [] : ["-entrypoint", program]),
    "--",
    ...first,
    ...args,
  ];
}

/** The first step waits for the sidecars, the others for the one before. */
function turnArgs({ index, task }: EntrypointOptions): string[] {
  const waitsForSidecars = index === 0 && (task.sidecars ?? []).length > 0;
  return [
    ...(waitsForSidecars ? ["-wait_file", `${DOWNWARD_DIRECTORY}/ready`, "-wait_file_content"] : []),
    ...(index > 0 ? ["-wait_file", `${RUN_DIRECTORY}/${index - 1}/out`] : []),
    "-post_file",
    `${RUN_DIRECTORY}/${index}/out`,
    "-termination_path",
    TERMINATION_FILE,
    "-step_metadata_dir",
    `${RUN_DIRECTORY}/${index}/status`,
  ];
}

function behaviourArgs({ timeout, onError, stdoutConfig, stderrConfig, when = [] }: Step): string[] {
  return [
    ...option("-timeout", timeout),
    ...option("-on_error", onError),
    ...option("-stdout_path", stdoutConfig?.path),
    ...option("-stderr_path", stderrConfig?.path),
    ...(when.length > 0 ? ["-when_expressions", JSON.stringify(when)] : []),
  ];
}

/**
 * Every step hands in the task's results, as they are when it ends. Those made of step results are not in files. The limit
 * is that of each result, not of a step's message (docs/tasks.md, "Larger Results using sidecar logs"): nothing here
 * has to fit into a message of 4096 bytes.
 */
function resultArgs({ step, task }: EntrypointOptions): string[] {
  const inFiles = (task.results ?? []).filter(({ value }) => value === undefined);
  return [
    ...option("-step_results", namesOf(step.results ?? [])),
    ...option("-results", namesOf(inFiles)),
    "-result_from",
    "sidecar-logs",
  ];
}

function namesOf(results: readonly ResultSpec[]): string {
  return results.map(({ name }) => name).join(",");
}

function option(flag: string, value: string | undefined): string[] {
  return value ? [flag, value] : [];
}
