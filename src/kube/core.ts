/** The core kinds as they are on the wire, with the fields this program reads or writes (Kubernetes API v1). */
import type { Kind } from "./kinds.ts";
import type { Condition, KubeObject } from "./object.ts";

export interface Pod extends KubeObject {
  spec: PodSpec;
  status?: PodStatus;
}

export interface PodSpec {
  restartPolicy?: string;
  serviceAccountName?: string;
  nodeName?: string;
  activeDeadlineSeconds?: number;
  terminationGracePeriodSeconds?: number;
  securityContext?: SecurityContext;
  initContainers?: readonly Container[];
  containers: readonly Container[];
  volumes?: readonly Volume[];
  [field: string]: unknown;
}

export interface SecurityContext {
  runAsUser?: number;
  runAsGroup?: number;
  [field: string]: unknown;
}

export interface Container {
  name: string;
  image?: string;
  command?: readonly string[];
  args?: readonly string[];
  workingDir?: string;
  env?: readonly EnvVar[];
  envFrom?: readonly EnvFromSource[];
  volumeMounts?: readonly VolumeMount[];
  securityContext?: SecurityContext;
  terminationMessagePath?: string;
  readinessProbe?: unknown;
  /** "Always" makes an init container a sidecar. */
  restartPolicy?: string;
  [field: string]: unknown;
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: {
    fieldRef?: { fieldPath: string };
    secretKeyRef?: { name: string; key: string; optional?: boolean };
    configMapKeyRef?: { name: string; key: string; optional?: boolean };
  };
}

export interface EnvFromSource {
  prefix?: string;
  configMapRef?: { name: string; optional?: boolean };
  secretRef?: { name: string; optional?: boolean };
}

export interface VolumeMount {
  name: string;
  mountPath: string;
  subPath?: string;
  readOnly?: boolean;
}

export interface KeyToPath {
  key: string;
  path: string;
  mode?: number;
}

/** A volume of a Pod. Exactly one source. */
export interface Volume {
  name: string;
  emptyDir?: { medium?: string; sizeLimit?: string };
  persistentVolumeClaim?: { claimName: string; readOnly?: boolean };
  configMap?: { name: string; items?: readonly KeyToPath[]; defaultMode?: number; optional?: boolean };
  secret?: { secretName: string; items?: readonly KeyToPath[]; defaultMode?: number; optional?: boolean };
  projected?: { sources?: readonly ProjectedSource[]; defaultMode?: number };
  downwardAPI?: { items?: readonly DownwardItem[] };
  /** A directory of the host. */
  hostPath?: { path: string; type?: string };
  csi?: unknown;
}

export interface ProjectedSource {
  configMap?: { name: string; items?: readonly KeyToPath[]; optional?: boolean };
  secret?: { name: string; items?: readonly KeyToPath[]; optional?: boolean };
  downwardAPI?: { items?: readonly DownwardItem[] };
}

export interface DownwardItem {
  path: string;
  fieldRef?: { fieldPath: string };
}

export interface PodStatus {
  phase?: "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";
  reason?: string;
  message?: string;
  startTime?: string;
  podIP?: string;
  hostIP?: string;
  conditions?: readonly Condition[];
  initContainerStatuses?: readonly ContainerStatus[];
  containerStatuses?: readonly ContainerStatus[];
}

export interface ContainerStatus {
  name: string;
  image?: string;
  imageID?: string;
  containerID?: string;
  ready?: boolean;
  started?: boolean;
  restartCount?: number;
  state?: ContainerState;
}

/** At most one of them. */
export interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string };
  terminated?: ContainerTerminated;
}

export interface ContainerTerminated {
  exitCode: number;
  signal?: number;
  reason?: string;
  message?: string;
  startedAt?: string;
  finishedAt?: string;
  containerID?: string;
}

export interface ConfigMap extends KubeObject {
  data?: Readonly<Record<string, string>>;
  /** Base64. */
  binaryData?: Readonly<Record<string, string>>;
}

export interface Secret extends KubeObject {
  type?: string;
  /** Base64. */
  data?: Readonly<Record<string, string>>;
  /** The API server moves it into `data`. */
  stringData?: Readonly<Record<string, string>>;
}

export interface PersistentVolumeClaim extends KubeObject {
  spec?: { accessModes?: readonly string[]; resources?: unknown; [field: string]: unknown };
  status?: { phase?: string; [field: string]: unknown };
}

/** `v1` Event. */
export interface Event extends KubeObject {
  involvedObject: {
    apiVersion?: string;
    kind?: string;
    namespace?: string;
    name?: string;
    uid?: string;
    fieldPath?: string;
  };
  type?: "Normal" | "Warning";
  reason?: string;
  message?: string;
  source?: { component?: string; host?: string };
  reportingComponent?: string;
  firstTimestamp?: string | null;
  lastTimestamp?: string | null;
  eventTime?: string | null;
  count?: number;
}

const core = <T extends KubeObject>(kind: string, plural: string, isNamespaced = true): Kind<T> => ({
  group: "",
  version: "v1",
  kind,
  plural,
  isNamespaced,
});

export const CoreKind = {
  pod: core<Pod>("Pod", "pods"),
  configMap: core<ConfigMap>("ConfigMap", "configmaps"),
  secret: core<Secret>("Secret", "secrets"),
  claim: core<PersistentVolumeClaim>("PersistentVolumeClaim", "persistentvolumeclaims"),
  event: core<Event>("Event", "events"),
  serviceAccount: core("ServiceAccount", "serviceaccounts"),
  namespace: core("Namespace", "namespaces", false),
};
