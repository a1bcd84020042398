/** The Kubernetes objects that run the collectors of a plan. */

import { collectorConfig, PORTS } from "./config.ts";
import { CONFIG_FILE, type KubernetesObject, labelsOf, metadataOf } from "./kubernetes-object.ts";
import { rights } from "./kubernetes-rights.ts";
import { workload } from "./kubernetes-workload.ts";
import { type Cluster, type CollectorPlan, type Role, rolesOf } from "./plan.ts";
import { configYaml } from "./yaml.ts";

/** Everything but the namespace and the Secret `throughline-collector`, which are the cluster's own business. */
export function collectorObjects(plan: CollectorPlan, cluster: Cluster): KubernetesObject[] {
  return [...rights(cluster), ...rolesOf(plan).flatMap((role) => objectsOf(plan, cluster, role))];
}

function objectsOf(plan: CollectorPlan, cluster: Cluster, role: Role): KubernetesObject[] {
  const config = configYaml(collectorConfig(plan, role));
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: metadataOf(cluster, role),
      data: { [CONFIG_FILE]: config },
    },
    service(cluster, role),
    networkPolicy(cluster, role),
    workload({ plan, cluster, role, config }),
  ];
}

/** Of samplers without an address of its own, so that its name resolves to the addresses of all. */
function service(cluster: Cluster, role: Role): KubernetesObject {
  const ports = [
    { name: "otlp-grpc", port: PORTS.otlpGrpc, targetPort: "otlp-grpc", appProtocol: "grpc" },
    { name: "otlp-http", port: PORTS.otlpHttp, targetPort: "otlp-http", appProtocol: "http" },
  ];
  const headless = role === "sampler" ? { clusterIP: "None" } : {};
  const spec = { ...headless, selector: labelsOf(role), ports };
  return { apiVersion: "v1", kind: "Service", metadata: metadataOf(cluster, role), spec };
}

/** Only Pods of the cluster may send; to samplers only the routers. Where it may send to depends on the backend, and is open. */
function networkPolicy(cluster: Cluster, role: Role): KubernetesObject {
  const routers = [{ podSelector: { matchLabels: labelsOf("router") } }];
  const everyone = [{ namespaceSelector: {} }];
  const otlp = [portOf(PORTS.otlpGrpc), portOf(PORTS.otlpHttp)];
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: metadataOf(cluster, role),
    spec: {
      podSelector: { matchLabels: labelsOf(role) },
      policyTypes: ["Ingress"],
      ingress: [
        { from: role === "sampler" ? routers : everyone, ports: otlp },
        { from: everyone, ports: [portOf(PORTS.metrics)] },
      ],
    },
  };
}

function portOf(port: number): object {
  return { protocol: "TCP", port };
}
