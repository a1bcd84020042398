import type { Pod, Stored } from "../../kube/index.ts";

/** What the downward API knows of this machine. */
export interface Node {
  /** The host's name. */
  name: string;
  address: string;
}

const KEYED = /^metadata\.(labels|annotations)\['([^']*)'\]$/;

/**
 * The value of a field of the Pod (Kubernetes, "Downward API"), or undefined if it is not one of the fields on offer. A
 * label or annotation that is not there is empty.
 */
export function readFieldReference(fieldPath: string, pod: Stored<Pod>, node: Node): string | undefined {
  const [, map, key] = KEYED.exec(fieldPath) ?? [];
  if (map === "labels" || map === "annotations") return pod.metadata[map]?.[key ?? ""] ?? "";
  return FIELDS[fieldPath]?.(pod, node);
}

const FIELDS: Record<string, (pod: Stored<Pod>, node: Node) => string> = {
  "metadata.name": ({ metadata }) => metadata.name,
  "metadata.namespace": ({ metadata }) => metadata.namespace ?? "",
  "metadata.uid": ({ metadata }) => metadata.uid,
  "metadata.labels": ({ metadata }) => formatMap(metadata.labels),
  "metadata.annotations": ({ metadata }) => formatMap(metadata.annotations),
  "spec.nodeName": (_, node) => node.name,
  "spec.serviceAccountName": ({ spec }) => spec.serviceAccountName ?? "default",
  "status.hostIP": (_, node) => node.address,
  "status.hostIPs": (_, node) => node.address,
  "status.podIP": (_, node) => node.address,
  "status.podIPs": (_, node) => node.address,
};

/** `key="value"` lines in order of their keys, the values quoted as Go does, which for text is as JSON does. */
function formatMap(map: Readonly<Record<string, string>> = {}): string {
  return Object.entries(map)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join("\n");
}
