/** Whose an object is: the run that made it, and the controller that looks after it. */
import type { KubeObject, OwnerReference, Stored } from "../kube/index.ts";

const OWN_CONTROLLER = "tekton.dev/pipeline";

/** Whether another controller looks after the run (`spec.managedBy`). */
export function isForeign({ spec: { managedBy } }: { spec: { managedBy?: string } }): boolean {
  return managedBy !== undefined && managedBy !== "" && managedBy !== OWN_CONTROLLER;
}

/** For what a run makes: it goes when the run goes. */
export function ownerReferenceTo({ apiVersion, kind, metadata }: Stored<KubeObject>): OwnerReference {
  const { name, uid } = metadata;
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}

/** The one of its owners that made it. */
export function controllerOf({ metadata }: KubeObject): OwnerReference | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller);
}
