/** What a step takes over from the steps before it: `$(steps.S.results.R)` and `$(steps.S.outputs.A)` (docs/variables.md). */
import {
  joinReplacements,
  paramValueOf,
  type Replacements,
  stepResultReplacements,
  textReplacements,
} from "../../engine/index.ts";
import { hostPathOf } from "./mounts.ts";
import type { ContainerPlan } from "./pod-scope.ts";
import { type FileContent, readWithin } from "./safe-path.ts";

/** Far more than fits into a termination message; what is longer than this nobody means to pass on. */
export const MAX_FILE_BYTES = 1024 * 1024;

export const PROVENANCE = "artifacts/provenance.json";

/** Whether any of the texts may refer to another step. */
export function mentionsSteps(texts: Iterable<string | undefined>): boolean {
  for (const text of texts) if (text?.includes("$(steps.")) return true;
  return false;
}

/** A reference to a step's result that is still in one of the texts after replacing: there is no such result. */
export function findUnresolved(texts: readonly string[]): string | undefined {
  return texts.map((text) => /\$\(steps\.[^()]*?\.results\b[^()]*\)/.exec(text)?.[0]).find(Boolean);
}

/** What the variables stand for, by what the steps have written so far. */
export function stepVariables(steps: readonly ContainerPlan[]): Replacements {
  return joinReplacements(...steps.flatMap((step) => [resultsOf(step), artifactsOf(step)]));
}

/** A file of the step's own directory. */
export function readStepFile({ work, mounts }: ContainerPlan, file: string): FileContent {
  if (work.kind !== "step" || work.step.metadataDirectory === undefined) return { kind: "absent" };
  const place = hostPathOf(mounts, `${work.step.metadataDirectory}/${file}`);
  return place === undefined ? { kind: "absent" } : readWithin(place, MAX_FILE_BYTES);
}

function resultsOf(step: ContainerPlan): Replacements {
  const names = step.work.kind === "step" ? step.work.step.stepResults : [];
  const results = names.flatMap((name) => {
    const file = readStepFile(step, `results/${name}`);
    return file.kind === "read" ? [{ name, value: parseResult(file.content.toString()) }] : [];
  });
  return stepResultReplacements(nameOf(step), results);
}

/** A list or object if the text is one in JSON, else the text itself. */
function parseResult(text: string) {
  const value = /^\s*[[{"]/.test(text) ? parseJson(text) : undefined;
  return paramValueOf(value ?? text);
}

/** `steps.S.inputs.A` and `steps.S.outputs.A` are the artifact's values, as JSON. */
function artifactsOf(step: ContainerPlan): Replacements {
  const file = readStepFile(step, PROVENANCE);
  const provenance = file.kind === "read" ? parseJson(file.content.toString()) : undefined;
  const entries = (["inputs", "outputs"] as const).flatMap((side) =>
    artifactsIn(provenance, side).map(
      ({ name, values }) => [`steps.${nameOf(step)}.${side}.${name}`, JSON.stringify(values ?? [])] as const,
    ),
  );
  return textReplacements(Object.fromEntries(entries));
}

interface Artifact {
  name?: unknown;
  values?: unknown;
}

function artifactsIn(provenance: unknown, side: "inputs" | "outputs"): Artifact[] {
  const artifacts = (provenance as Record<string, unknown> | null | undefined)?.[side];
  return Array.isArray(artifacts) ? artifacts.filter((artifact) => typeof artifact?.name === "string") : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // What a step writes is its own business; what is no JSON is text.
  }
}

function nameOf({ container }: ContainerPlan): string {
  return container.name.replace(/^step-/, "");
}
