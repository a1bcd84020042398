/** The StatefulSet of collectors: each with a disk for its queue, none with a right it does not need. */
import { createHash } from "node:crypto";
import { PORTS, QUEUE_DIRECTORY } from "./config.ts";
import { SECRETS } from "./environment.ts";
import { CONFIG_FILE, type KubernetesObject, labelsOf, metadataOf } from "./kubernetes-object.ts";
import { type Cluster, COLLECTOR_VERSION, type CollectorPlan, nameOf, type Role } from "./plan.ts";
import { memoryShare } from "./processors.ts";

/** The user of the collector's image. */
const USER = 10001;
const CONFIG_DIRECTORY = "/etc/otelcol-contrib";

interface Workload {
  plan: CollectorPlan;
  cluster: Cluster;
  role: Role;
  /** As the ConfigMap has it. */
  config: string;
}

/** The StatefulSet of a role. */
export function workload({ plan, cluster, role, config }: Workload): KubernetesObject {
  const labels = labelsOf(role);
  // Collectors read their configuration once: another one makes other Pods.
  const annotations = {
    "throughline/config": createHash("sha256").update(config).digest("hex").slice(0, 16),
  };
  return {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: metadataOf(cluster, role),
    spec: {
      replicas: cluster.replicas,
      serviceName: nameOf(role),
      podManagementPolicy: "Parallel",
      selector: { matchLabels: labels },
      template: { metadata: { labels, annotations }, spec: podSpec(plan, role) },
      volumeClaimTemplates: [queueClaim()],
    },
  };
}

function podSpec(plan: CollectorPlan, role: Role): object {
  return {
    serviceAccountName: nameOf("gateway"),
    // Samplers ask Kubernetes nothing.
    automountServiceAccountToken: role !== "sampler",
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER,
      runAsGroup: USER,
      fsGroup: USER,
      seccompProfile: { type: "RuntimeDefault" },
    },
    // What is on its way at the end is sent, or is in the queue.
    terminationGracePeriodSeconds: 60,
    containers: [container(plan)],
    volumes: [{ name: "config", configMap: { name: nameOf(role) } }],
  };
}

function container(plan: CollectorPlan): object {
  const memory = `${plan.memoryMiB}Mi`;
  const health = { httpGet: { path: "/", port: "health" } };
  return {
    name: "collector",
    image: `otel/opentelemetry-collector-contrib:${COLLECTOR_VERSION}`,
    args: [`--config=${CONFIG_DIRECTORY}/${CONFIG_FILE}`],
    env: environment(plan),
    ports: [
      { name: "otlp-grpc", containerPort: PORTS.otlpGrpc },
      { name: "otlp-http", containerPort: PORTS.otlpHttp },
      { name: "metrics", containerPort: PORTS.metrics },
      { name: "health", containerPort: PORTS.health },
    ],
    livenessProbe: { ...health, initialDelaySeconds: 15, periodSeconds: 15, failureThreshold: 4 },
    readinessProbe: { ...health, periodSeconds: 5 },
    resources: { requests: { cpu: "200m", memory }, limits: { memory } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "config", mountPath: CONFIG_DIRECTORY, readOnly: true },
      { name: "queue", mountPath: QUEUE_DIRECTORY },
    ],
  };
}

/** Secrets are optional, so that a ClickHouse without password works too; what the backend refuses, it says in the log. */
function environment(plan: CollectorPlan): object[] {
  return [
    { name: "POD_IP", valueFrom: { fieldRef: { fieldPath: "status.podIP" } } },
    { name: "GOMEMLIMIT", value: `${memoryShare(plan.memoryMiB)}MiB` },
    ...secretsOf(plan).map((name) => ({
      name,
      valueFrom: { secretKeyRef: { name: nameOf("gateway"), key: name, optional: true } },
    })),
  ];
}

function secretsOf({ backend }: CollectorPlan): readonly string[] {
  if (backend.kind === "clickhouse") return [SECRETS.user, SECRETS.password];
  return backend.isAuthorized ? [SECRETS.authorization] : [];
}

function queueClaim(): object {
  return {
    metadata: { name: "queue" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "2Gi" } } },
  };
}
