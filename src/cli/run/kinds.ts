import { TektonKind } from "../../engine/index.ts";
import { CoreKind, type Kind, type KubeObject } from "../../kube/index.ts";

/** What is run. */
const RUNS: readonly Kind[] = [TektonKind.pipelineRun, TektonKind.taskRun];

/** What a run may refer to. */
const DEFINITIONS: readonly Kind[] = [
  TektonKind.task,
  TektonKind.pipeline,
  TektonKind.stepAction,
  CoreKind.configMap,
  CoreKind.secret,
  CoreKind.claim,
  CoreKind.serviceAccount,
];

export type Use = "run" | "definition" | "none";

/** What an object from a file is good for, whatever version of its kind it is written in. */
export function useOf(object: KubeObject): Use {
  if (findIn(RUNS, object) !== undefined) return "run";
  return findIn(DEFINITIONS, object) === undefined ? "none" : "definition";
}

/** The kind of an object that is good for something, in the version that is stored. */
export function kindOf(object: KubeObject): Kind {
  const found = findIn([...RUNS, ...DEFINITIONS], object);
  if (found === undefined) throw new Error(`objects of the kind ${object.kind} are not used by a run`);
  return found;
}

function findIn(kinds: readonly Kind[], { apiVersion, kind }: KubeObject): Kind | undefined {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return kinds.find((each) => each.group === group && each.kind === kind);
}
