/** Names after `-p` and `-w` that no run has a use for: Tekton takes them without a word, and most are misspelt. */
import type { KubeObject } from "../../kube/index.ts";
import { printable } from "../terminal.ts";
import type { RunInput, RunObject } from "./input.ts";
import type { RunSettings } from "./options.ts";

type List = "params" | "workspaces";

/** One line for each such name; none where a run refers to what is not in the files. */
export function unusedNames(
  { runs, definitions }: RunInput,
  { params, workspaces }: Pick<RunSettings, "params" | "workspaces">,
): string[] {
  const specs = runs.map(({ object }) =>
    specOf(
      object,
      definitions.map(({ object }) => object),
    ),
  );
  if (!specs.every((spec) => spec !== undefined)) return [];
  const unused = (list: List, names: Iterable<string>) =>
    [...names].filter((name) => !specs.some((spec) => uses(spec, list, name)));
  return [
    ...unused("params", params.keys()).map((name) => `-p ${name}: no run has a param of that name`),
    ...unused("workspaces", workspaces.keys()).map(
      (name) => `-w ${name}: no run has a workspace of that name`,
    ),
  ].map(printable);
}

type Spec = Readonly<Record<string, unknown>>;

/** What is run: written in the run, or named by it and among the files. */
function specOf(run: RunObject, definitions: readonly KubeObject[]): Spec | undefined {
  const spec: Spec = { ...run.spec };
  const kind = run.kind === "PipelineRun" ? "Pipeline" : "Task";
  const inline = spec[`${kind.toLowerCase()}Spec`];
  if (isSpec(inline)) return inline;
  const ref = spec[`${kind.toLowerCase()}Ref`];
  const name = isSpec(ref) && ref["resolver"] === undefined ? ref["name"] : undefined;
  const found = definitions.find((each) => each.kind === kind && each.metadata.name === name);
  const named = (found as { spec?: unknown } | undefined)?.spec;
  return isSpec(named) ? named : undefined;
}

/** Declared, or mentioned somewhere inside: what is written in place inherits the params and workspaces of its run. */
function uses(spec: Spec, list: List, name: string): boolean {
  const declared = spec[list];
  if (Array.isArray(declared) && declared.some((each) => isSpec(each) && each["name"] === name)) return true;
  const text = JSON.stringify(spec);
  if (list === "workspaces" && text.includes(`"workspaces":`) && text.includes(JSON.stringify(name)))
    return true;
  const starts = [`${list}.${name}`, `${list}[\\"${name}`, `${list}['${name}`];
  return starts.some((start) => text.split(start).slice(1).some(isEndOfName));
}

/** Not the beginning of a longer name. Object params go on with a key. */
function isEndOfName(after: string): boolean {
  return !/^[\w-]/.test(after);
}

function isSpec(value: unknown): value is Spec {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
