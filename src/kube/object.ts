/**
 * Kubernetes objects as they are on the wire: nothing renamed, nothing parsed. Objects that came from an API are shared
 * and frozen; whoever wants another makes a new one.
 */

/** `metadata`, as far as anyone here looks at it (apimachinery, meta/v1 ObjectMeta). */
export interface Metadata {
  name: string;
  namespace?: string;
  generateName?: string;
  /** Absent until the API server has stored the object. */
  uid?: string;
  /** Opaque, except that an update with an older one is refused. */
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  ownerReferences?: readonly OwnerReference[];
  finalizers?: readonly string[];
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

/** Any object of the API. Kinds that matter here narrow `spec` and `status`. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
}

/** An object the API server has stored. */
export type Stored<T extends KubeObject> = Readonly<T> & {
  readonly metadata: Readonly<
    Metadata & Required<Pick<Metadata, "uid" | "resourceVersion" | "creationTimestamp">>
  >;
};

/** `status.conditions[]` (meta/v1 Condition and knative's). */
export interface Condition {
  type: string;
  status: "True" | "False" | "Unknown";
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

/** Names a namespaced object. */
export interface ObjectKey {
  namespace: string;
  name: string;
}

export function keyOf({ metadata }: KubeObject): ObjectKey {
  return { namespace: metadata.namespace ?? "", name: metadata.name };
}
