/** What `throughline run` is given: objects to be there, and runs to be started. */
import { annotationsFor, parseTraceparent } from "../../context/index.ts";
import type { Param, WorkspaceBinding } from "../../engine/index.ts";
import type { KubeObject } from "../../kube/index.ts";
import { readInput } from "../../tekton/index.ts";
import { Failure } from "../failure.ts";
import { printable, type Terminal } from "../terminal.ts";
import { useOf } from "./kinds.ts";

/** A run as it was written. */
export interface RunObject extends KubeObject {
  kind: "PipelineRun" | "TaskRun";
  spec: { params?: readonly Param[]; workspaces?: readonly WorkspaceBinding[] };
}

export interface RunInput {
  /** Tasks, Pipelines, StepActions, ConfigMaps, Secrets, claims: everything a run may refer to. */
  definitions: Located<KubeObject>[];
  runs: Located<RunObject>[];
  /** Kinds that mean nothing on a laptop, with how many there were. */
  ignored: Map<string, number>;
}

/** An object and where it stood. */
export interface Located<T extends KubeObject> {
  object: T;
  where: string;
}

/**
 * Reads files, directories or standard input; of `definitions`, the runs in there are not to be started. Throws {@link Failure}
 * when a piece cannot be read: half a pipeline is not run.
 */
export async function readRunInput(
  files: readonly string[],
  definitions: readonly string[],
  terminal: Terminal,
): Promise<RunInput> {
  const input = await readAll(files, terminal);
  if (definitions.length === 0) return input;
  const more = await readAll(definitions, terminal);
  return { ...input, definitions: [...input.definitions, ...more.definitions] };
}

/** What is true of a dump; of a pipeline, nothing is run then. */
const REST_IS_READ = /: left out, the rest is read$/;

async function readAll(files: readonly string[], terminal: Terminal): Promise<RunInput> {
  const input: RunInput = { definitions: [], runs: [], ignored: new Map() };
  const problems: string[] = [];
  await readInput({
    paths: files,
    stdin: terminal.stdin,
    onProgress: () => {},
    onProblem: ({ where, object, message }) =>
      problems.push(
        `${where}: ${object === undefined ? "" : `${object}: `}${message.replace(REST_IS_READ, "")}`,
      ),
    onObject: ({ value, where }) => {
      const problem = sort(value, where, input);
      if (problem !== undefined) problems.push(`${where}: ${problem}`);
    },
  });
  const [first, ...others] = problems;
  if (first === undefined) return input;
  for (const problem of others) terminal.say(printable(problem));
  throw new Failure(printable(first));
}

function sort(value: Record<string, unknown>, where: string, input: RunInput): string | undefined {
  if (!isObject(value)) return "not a Kubernetes object: it needs apiVersion, kind and metadata.name";
  const use = useOf(value);
  if (use === "run") input.runs.push({ object: value as KubeObject as RunObject, where });
  else if (use === "definition") input.definitions.push({ object: value, where });
  else input.ignored.set(value.kind, (input.ignored.get(value.kind) ?? 0) + 1);
  return undefined;
}

function isObject(value: unknown): value is KubeObject {
  const { apiVersion, kind, metadata } = value as Partial<Record<keyof KubeObject, unknown>>;
  return (
    typeof apiVersion === "string" &&
    typeof kind === "string" &&
    typeof metadata === "object" &&
    metadata !== null
  );
}

/** What the command line adds to every run. */
export interface RunAdditions {
  params: ReadonlyMap<string, Param["value"]>;
  /** Workspace name to the name of the claim that stands for a directory of this machine. */
  claims: ReadonlyMap<string, string>;
  setContext: string | undefined;
}

export function withAdditions(run: RunObject, { params, claims, setContext }: RunAdditions): RunObject {
  const spec = {
    ...run.spec,
    ...(params.size > 0 && { params: merged(run.spec?.params ?? [], params) }),
    ...(claims.size > 0 && { workspaces: bound(run.spec?.workspaces ?? [], claims) }),
  };
  if (setContext === undefined) return { ...run, spec };
  const annotations = { ...run.metadata.annotations, ...annotationsOf(run, setContext) };
  return { ...run, spec, metadata: { ...run.metadata, annotations } };
}

function merged(given: readonly Param[], params: RunAdditions["params"]): Param[] {
  const kept = given.filter(({ name }) => !params.has(name));
  return [...kept, ...[...params].map(([name, value]) => ({ name, value }))];
}

function bound(given: readonly WorkspaceBinding[], claims: RunAdditions["claims"]): WorkspaceBinding[] {
  const kept = given.filter(({ name }) => !claims.has(name));
  const added = [...claims].map(([name, claimName]) => ({ name, persistentVolumeClaim: { claimName } }));
  return [...kept, ...added];
}

function annotationsOf(run: RunObject, traceparent: string): Record<string, string> {
  const context = parseTraceparent(traceparent);
  if (context === undefined)
    throw new Failure(
      `--set-context ${printable(traceparent)}: not a W3C traceparent, which looks like 00-<32 hex>-<16 hex>-01`,
    );
  return annotationsFor(run.kind === "PipelineRun" ? "pipelinerun" : "taskrun", context);
}

/**
 * `-p name=value`, as often as there are params. A value that is a JSON list of texts, or a JSON object of them, is one; everything
 * else is text.
 */
export function readParams(texts: readonly string[]): Map<string, Param["value"]> {
  return new Map(texts.map((text) => pairOf("-p", text, (value) => paramValue(value))));
}

/** `-w name=directory`. */
export function readWorkspaces(texts: readonly string[]): Map<string, string> {
  return new Map(texts.map((text) => pairOf("-w", text, (value) => value)));
}

function pairOf<Value>(option: string, text: string, read: (value: string) => Value): [string, Value] {
  const at = text.indexOf("=");
  if (at < 1) throw new Failure(`${option} ${printable(text)}: give name=value`);
  return [text.slice(0, at), read(text.slice(at + 1))];
}

function paramValue(text: string): Param["value"] {
  if (!/^[[{]/.test(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    return isTexts(Object.values(value as object)) ? (value as Param["value"]) : text;
  } catch {
    return text;
  }
}

function isTexts(values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === "string");
}
