import type { DestinationOptions } from "../destination.ts";
import { oneOf } from "../options.ts";
import { readParams, readWorkspaces } from "./input.ts";

export const EXECUTORS = ["auto", "sandbox", "container", "process"] as const;
export const NETWORKS = ["host", "none"] as const;

export interface RunOptions extends DestinationOptions {
  param?: string[];
  workspace?: string[];
  with?: string[];
  hostPath?: string[];
  namespace: string;
  executor: string;
  network: string;
  traceOut?: string;
  setContext?: string;
  output: string;
}

export type RunSettings = ReturnType<typeof readRunOptions>;

/** The options of `throughline run`, from text to what they mean. Throws {@link Failure} for what makes no sense. */
export function readRunOptions(options: RunOptions) {
  return {
    params: readParams(options.param ?? []),
    workspaces: readWorkspaces(options.workspace ?? []),
    definitions: options.with ?? [],
    hostPaths: options.hostPath ?? [],
    namespace: options.namespace,
    executor: oneOf("--executor", options.executor, EXECUTORS),
    network: oneOf("--network", options.network, NETWORKS),
    output: oneOf("--output", options.output, ["text", "json"]),
    traceOut: options.traceOut,
    setContext: options.setContext,
    destination: options,
  };
}
