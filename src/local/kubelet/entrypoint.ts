/** What a container of a TaskRun's Pod asks of Tekton's entrypoint, which this kubelet stands in for. */
import { goDurationMillis, type WhenExpression } from "../../engine/index.ts";
import type { Container } from "../../kube/index.ts";

/** Where Tekton puts its entrypoint, and what its containers have as their command. */
const ENTRYPOINT = "/tekton/bin/entrypoint";

/** What a container is to do. */
export type Work =
  | { kind: "prepare" }
  | { kind: "placeScripts"; args: readonly string[] }
  | { kind: "makeDirectories"; directories: readonly string[] }
  | { kind: "step"; step: StepOrder }
  /** No container of Tekton's entrypoint: run what it says. */
  | { kind: "plain" };

/** The entrypoint's flags (tektoncd/pipeline cmd/entrypoint). Paths are those of the container. */
export interface StepOrder {
  waitFiles: readonly string[];
  /** The file waited for must not be empty. */
  waitsForContent: boolean;
  postFile?: string;
  metadataDirectory?: string;
  results: readonly string[];
  stepResults: readonly string[];
  when: readonly WhenExpression[];
  timeoutMillis?: number;
  continuesOnError: boolean;
  stdoutPath?: string;
  stderrPath?: string;
  /** Results go where more room is than in a termination message: each may be as long as a whole message. */
  hasRoomForResults: boolean;
  /** Without it, the image's own. */
  program?: string;
  args: readonly string[];
}

/** Reads a container's command and arguments. Throws for flags that make no sense: whoever made the Pod has a fault. */
export function workOf({ command = [], args = [] }: Container): Work {
  if (command[0] !== ENTRYPOINT) return { kind: "plain" };
  const [, subcommand] = command;
  if (subcommand === "init") return { kind: "prepare" };
  if (subcommand === "place-scripts") return { kind: "placeScripts", args };
  if (subcommand === "workdirs") return { kind: "makeDirectories", directories: args };
  return { kind: "step", step: readStepOrder(args) };
}

function readStepOrder(args: readonly string[]): StepOrder {
  const { flags, rest } = readFlags(args);
  return {
    waitFiles: listOf(flags.get("wait_file")),
    waitsForContent: flags.get("wait_file_content") === "true",
    postFile: flags.get("post_file"),
    metadataDirectory: flags.get("step_metadata_dir"),
    results: listOf(flags.get("results")),
    stepResults: listOf(flags.get("step_results")),
    when: JSON.parse(flags.get("when_expressions") || "[]") as WhenExpression[],
    timeoutMillis: timeoutOf(flags.get("timeout")),
    continuesOnError: flags.get("on_error") === "continue",
    stdoutPath: flags.get("stdout_path"),
    stderrPath: flags.get("stderr_path"),
    hasRoomForResults: flags.get("result_from") === "sidecar-logs",
    program: flags.get("entrypoint"),
    args: rest,
  };
}

const BOOLEAN_FLAGS = new Set([
  "wait_file_content",
  "debug_before_step",
  "enable_spire",
  "compress_termination_message",
]);

/** Flags as Go's `flag` package reads them, up to `--` or the first that is none. */
function readFlags(args: readonly string[]): { flags: Map<string, string>; rest: readonly string[] } {
  const flags = new Map<string, string>();
  for (let at = 0; at < args.length; at++) {
    const [, name, value] = /^--?([^-=][^=]*)(?:=(.*))?$/s.exec(args[at] ?? "") ?? [];
    if (name === undefined) return { flags, rest: args.slice(args[at] === "--" ? at + 1 : at) };
    if (value !== undefined) flags.set(name, value);
    else if (BOOLEAN_FLAGS.has(name)) flags.set(name, "true");
    else flags.set(name, args[++at] ?? "");
  }
  return { flags, rest: [] };
}

function listOf(text = ""): string[] {
  return text.split(",").filter((part) => part !== "");
}

/** Zero is no timeout. */
function timeoutOf(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const millis = goDurationMillis(text);
  if (millis === undefined) throw new Error(`the step's timeout "${text}" is no duration such as 1m30s`);
  return millis === 0 ? undefined : millis;
}
