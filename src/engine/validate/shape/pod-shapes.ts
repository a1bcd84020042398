/** What Kubernetes has of containers and volumes (core v1), as deep as anyone here looks. */
import type { Fields, Shape } from "./shape.ts";

const TEXTS: Shape = { list: "text" };

function anyOf(...names: string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, "any" as const]));
}

const KEY_SELECTOR: Shape = { fields: { name: "text", key: "name", optional: "boolean" } };
const NAME_REFERENCE: Shape = { fields: { name: "text", optional: "boolean" } };
const KEYS_TO_PATHS: Shape = { list: { fields: { key: "name", path: "name", mode: "integer" } } };

export const ENV: Shape = {
  list: {
    fields: {
      name: "name",
      value: "text",
      valueFrom: {
        fields: {
          ...anyOf("fieldRef", "resourceFieldRef", "fileKeyRef"),
          configMapKeyRef: KEY_SELECTOR,
          secretKeyRef: KEY_SELECTOR,
        },
      },
    },
  },
};

export const VOLUME_MOUNTS: Shape = {
  list: {
    fields: {
      name: "name",
      mountPath: "name",
      subPath: "text",
      subPathExpr: "text",
      readOnly: "boolean",
      recursiveReadOnly: "text",
      mountPropagation: "text",
    },
  },
};

/** What steps, step templates and sidecars have in common. */
export const CONTAINER_FIELDS: Fields = {
  image: "text",
  command: TEXTS,
  args: TEXTS,
  workingDir: "text",
  envFrom: {
    list: { fields: { prefix: "text", configMapRef: NAME_REFERENCE, secretRef: NAME_REFERENCE } },
  },
  env: ENV,
  computeResources: "any",
  volumeMounts: VOLUME_MOUNTS,
  volumeDevices: { list: { fields: { name: "name", devicePath: "name" } } },
  imagePullPolicy: "text",
  securityContext: "any",
};

export const SIDECAR_FIELDS: Fields = {
  ...CONTAINER_FIELDS,
  ...anyOf("ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle"),
  terminationMessagePath: "text",
  terminationMessagePolicy: "text",
  stdin: "boolean",
  stdinOnce: "boolean",
  tty: "boolean",
  restartPolicy: "text",
};

const CONFIG_MAP_SOURCE: Shape = {
  fields: { name: "text", items: KEYS_TO_PATHS, defaultMode: "integer", optional: "boolean" },
};

const SECRET_SOURCE: Shape = {
  fields: { secretName: "text", items: KEYS_TO_PATHS, defaultMode: "integer", optional: "boolean" },
};

/** The sources that both volumes and workspaces know. */
export const VOLUME_SOURCES: Fields = {
  emptyDir: { fields: { medium: "text", sizeLimit: "any" } },
  persistentVolumeClaim: { fields: { claimName: "text", readOnly: "boolean" } },
  configMap: CONFIG_MAP_SOURCE,
  secret: SECRET_SOURCE,
  projected: { fields: { sources: { list: "any" }, defaultMode: "integer" } },
  csi: "any",
};

export const VOLUMES: Shape = {
  list: {
    fields: {
      name: "name",
      ...VOLUME_SOURCES,
      ...anyOf("awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "downwardAPI"),
      ...anyOf("ephemeral", "fc", "flexVolume", "flocker", "gcePersistentDisk", "gitRepo", "glusterfs"),
      ...anyOf("hostPath", "image", "iscsi", "nfs", "photonPersistentDisk", "portworxVolume", "quobyte"),
      ...anyOf("rbd", "scaleIO", "storageos", "vsphereVolume"),
    },
  },
};

/** docs/podtemplates.md */
export const POD_TEMPLATE: Shape = {
  fields: {
    nodeSelector: { map: "text" },
    env: ENV,
    volumes: VOLUMES,
    ...anyOf("tolerations", "affinity", "securityContext", "dnsConfig", "imagePullSecrets", "hostAliases"),
    ...anyOf("topologySpreadConstraints"),
    runtimeClassName: "text",
    automountServiceAccountToken: "boolean",
    dnsPolicy: "text",
    enableServiceLinks: "boolean",
    priorityClassName: "text",
    schedulerName: "text",
    hostNetwork: "boolean",
    hostUsers: "boolean",
  },
};
