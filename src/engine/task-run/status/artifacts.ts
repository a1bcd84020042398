/** Artifacts: what a step or task says it took and made (docs/artifacts.md). */
import type { Artifact, Artifacts } from "../../types/index.ts";
import { ResultType, type RunResult } from "./termination-message.ts";

/** The artifacts of one step. */
export function stepArtifacts(results: readonly RunResult[]): Artifacts {
  const entry = results.find(({ type }) => type === ResultType.stepArtifacts);
  return entry === undefined ? {} : parseArtifacts(entry.value);
}

/** Those of the task: every step hands them in as they are when it ends, so the last of a name counts. */
export function taskArtifacts(results: readonly RunResult[]): Artifacts | undefined {
  const all = results
    .filter(({ type }) => type === ResultType.taskArtifacts)
    .map(({ value }) => parseArtifacts(value));
  const inputs = lastOfEach(all.flatMap((each) => each.inputs ?? []));
  const outputs = lastOfEach(all.flatMap((each) => each.outputs ?? []));
  if (inputs.length + outputs.length === 0) return undefined;
  return { ...(inputs.length > 0 && { inputs }), ...(outputs.length > 0 && { outputs }) };
}

function lastOfEach(artifacts: readonly Artifact[]): Artifact[] {
  return [...new Map(artifacts.map((artifact) => [artifact.name, artifact])).values()];
}

/** A script wrote it: what is not of the right form is not there. */
function parseArtifacts(text: string): Artifacts {
  try {
    const { inputs, outputs } = JSON.parse(text) as Record<string, unknown>;
    return { ...(isArtifacts(inputs) && { inputs }), ...(isArtifacts(outputs) && { outputs }) };
  } catch {
    return {};
  }
}

function isArtifacts(list: unknown): list is Artifact[] {
  return (
    Array.isArray(list) &&
    list.every((each: unknown) => typeof each === "object" && each !== null && "name" in each)
  );
}
