/** What the Kubernetes objects of collectors have in common. */
import { type Cluster, nameOf, type Role } from "./plan.ts";

/** An object as `kubectl apply` takes it. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  [field: string]: unknown;
}

/** The key of the ConfigMap, and the name of the file in the container. */
export const CONFIG_FILE = "config.yaml";

/** What the objects of a role are called. */
export function metadataOf({ namespace }: Cluster, role: Role) {
  return { name: nameOf(role), namespace, labels: labelsOf(role) };
}

/** By which the Pods of a role are known. */
export function labelsOf(role: Role): Record<string, string> {
  return { "app.kubernetes.io/name": nameOf(role), "app.kubernetes.io/part-of": "throughline" };
}
