/** What can be wrong between a TaskRun and its Task, found before anything runs. The words are Tekton's. */
import { type ParamProblem, type SettledParams, textsIn } from "../spec/index.ts";
import { traced } from "../tracing/index.ts";
import type { ParamValue, TaskSpec, WorkspaceBinding, WorkspaceDeclaration } from "../types/index.ts";
import { type Failure, type TaskRunPass, userFailure } from "./pass.ts";

const INVALID = "TaskRunValidationFailed";

/** A Task as it was found, or with its StepActions merged in. */
export interface ResolvedTask {
  name: string;
  spec: TaskSpec;
}

/** Each answers what is wrong, or nothing. */
export const validating = traced(
  {
    /** Whether the run gives the Task all its params, each of its type. */
    validateResolvedTask(
      _pass: TaskRunPass,
      { name, problems }: Pick<ResolvedTask, "name"> & SettledParams,
    ): Failure | undefined {
      const what = paramsProblem(problems);
      return invalid(what && `invalid input params for task ${name}: ${what}`);
    },

    validateEnumParam(_pass: TaskRunPass, { problems }: SettledParams): Failure | undefined {
      const wrong = problems.find(({ kind }) => kind === "notInEnum");
      return wrong && userFailure("InvalidParamValue", wrong.message);
    },

    /** Whether arrays are long enough for the elements the Task asks for. */
    validateParamArrayIndex(
      _pass: TaskRunPass,
      { spec, values }: Pick<ResolvedTask, "spec"> & Pick<SettledParams, "values">,
    ): Failure | undefined {
      const beyond = indexReferencesIn(spec).filter((reference) => isBeyond(reference, values));
      if (beyond.length === 0) return undefined;
      const texts = [...new Set(beyond.map(({ text }) => text))];
      return userFailure(INVALID, `non-existent param references:[${texts.join(" ")}]`);
    },

    /** Whether workspaces and what the run binds to them fit. */
    validateBindings(_pass: TaskRunPass, workspaces: Workspaces): Failure | undefined {
      const what = unbound(workspaces) ?? undeclared(workspaces) ?? sourceProblem(workspaces);
      return invalid(what);
    },

    /** Whether what the run says of steps and sidecars is of such that are there. */
    validateOverrides({ object }: TaskRunPass, { steps, sidecars = [] }: TaskSpec): Failure | undefined {
      const { stepSpecs, sidecarSpecs } = object.spec;
      const what =
        unknownOverride("Step", { overrides: stepSpecs, known: steps }) ??
        unknownOverride("Sidecar", { overrides: sidecarSpecs, known: sidecars });
      return invalid(what);
    },
  },
  {
    validateResolvedTask: "ValidateResolvedTask",
    validateEnumParam: "ValidateEnumParam",
    validateParamArrayIndex: "ValidateParamArrayIndex",
    validateBindings: "ValidateBindings",
  },
);

function invalid(what: string | undefined): Failure | undefined {
  return what === undefined ? undefined : userFailure(INVALID, what);
}

function paramsProblem(problems: readonly ParamProblem[]): string | undefined {
  const named = (kind: ParamProblem["kind"]) =>
    problems
      .filter((problem) => problem.kind === kind)
      .map(({ param }) => param)
      .join(" ");
  if (named("missing")) {
    return `missing values for these params which have no default values: [${named("missing")}]`;
  }
  if (named("wrongType")) return `param types don't match the user-specified type: [${named("wrongType")}]`;
  return problems.find(({ kind }) => kind !== "notInEnum")?.message;
}

interface IndexReference {
  text: string;
  param: string;
  index: number;
}

const INDEX_REFERENCE = /\$\((?:inputs\.)?params(?:\.([\w-]+)|\["([^"]+)"\]|\['([^']+)'\])\[(\d+)\]\)/g;

function indexReferencesIn(tree: unknown): IndexReference[] {
  const found = textsIn(tree).flatMap((text) => [...text.matchAll(INDEX_REFERENCE)]);
  return found.map(([text, plain, double, single, index]) => ({
    text,
    param: plain ?? double ?? single ?? "",
    index: Number(index),
  }));
}

function isBeyond({ param, index }: IndexReference, values: ReadonlyMap<string, ParamValue>): boolean {
  const value = values.get(param);
  return Array.isArray(value) && index >= value.length;
}

/** What the Task declares, and what the run gives it for that. */
export interface Workspaces {
  declared: readonly WorkspaceDeclaration[];
  bindings: readonly WorkspaceBinding[];
}

function unbound({ declared, bindings }: Workspaces): string | undefined {
  const missing = declared.find(
    ({ name, optional }) => optional !== true && !bindings.some((binding) => binding.name === name),
  );
  return missing && `declared workspace "${missing.name}" is required but has not been bound`;
}

function undeclared({ declared, bindings }: Workspaces): string | undefined {
  const extra = bindings.find(({ name }) => !declared.some((declaration) => declaration.name === name));
  return extra && `workspace binding "${extra.name}" does not match any declared workspace`;
}

function sourceProblem({ bindings }: Workspaces): string | undefined {
  for (const { name, subPath: _, ...sources } of bindings) {
    const kinds = Object.entries(sources).flatMap(([kind, source]) => (source === undefined ? [] : [kind]));
    if (kinds.length === 1) continue;
    const found = kinds.length === 0 ? "neither" : `both: ${kinds.join(", ")}`;
    return `binding "${name}" is invalid: expected exactly one source, got ${found}`;
  }
  return undefined;
}

interface Overrides {
  overrides: unknown;
  known: readonly { name?: string }[];
}

function unknownOverride(what: "Step" | "Sidecar", { overrides, known }: Overrides): string | undefined {
  if (!Array.isArray(overrides)) return undefined;
  const names: unknown[] = overrides.map((override: { name?: unknown }) => override.name);
  const unknown = names.find((name) => !known.some((each) => each.name === name));
  return unknown === undefined ? undefined : `invalid ${what}Override: No ${what} named "${String(unknown)}"`;
}
