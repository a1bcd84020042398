import type { ObjectMeta } from "../tekton/index.ts";

/** Key of an object by its name; the namespace is empty where a trimmed dump does not say. */
export function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

/** An object as people name it: `PipelineRun ci/build-7k2mq`. */
export function nameOf({ kind, namespace, name }: ObjectMeta): string {
  return namespace === "" ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
}

/** Compares by code unit: unlike localeCompare, the same on every machine. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
