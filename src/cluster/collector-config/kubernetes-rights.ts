/** What collectors may do in a cluster: read Pods, of which `k8s_attributes` tells whose telemetry is. */
import { type KubernetesObject, metadataOf } from "./kubernetes-object.ts";
import type { Cluster } from "./plan.ts";

/** The account of all collectors of a plan, with its rights. The ClusterRole carries the namespace's name: it has none. */
export function rights(cluster: Cluster): KubernetesObject[] {
  const metadata = metadataOf(cluster, "gateway");
  const inCluster = { name: `${metadata.name}-${cluster.namespace}`, labels: metadata.labels };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: inCluster,
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] }],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: inCluster,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: inCluster.name },
      subjects: [{ kind: "ServiceAccount", name: metadata.name, namespace: metadata.namespace }],
    },
  ];
}
