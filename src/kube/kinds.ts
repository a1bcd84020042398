import type { KubeObject } from "./object.ts";

/**
 * A kind of object and where the API serves it. The type parameter is what comes back; it exists for the compiler only.
 */
export interface Kind<T extends KubeObject = KubeObject> {
  /** Empty for the core group. */
  group: string;
  version: string;
  kind: string;
  plural: string;
  isNamespaced: boolean;
  /** Never set. */
  readonly object?: T;
}

/** `apiVersion` of objects of this kind. */
export function apiVersionOf({ group, version }: Kind): string {
  return group === "" ? version : `${group}/${version}`;
}
