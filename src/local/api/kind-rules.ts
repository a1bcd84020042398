/** What the API server and the controllers every cluster has fill in and check, kind by kind. */
import type { KubeObject } from "../../kube/index.ts";
import { isJsonObject, type JsonObject, objectAt } from "./json.ts";

type Fields = KubeObject & JsonObject;

/** A new object, or an old one with other contents, as it is stored. */
export function withDefaults(object: KubeObject): KubeObject {
  return (DEFAULTS[object.kind] ?? unchanged)(object as Fields);
}

/** The status a new object begins with; undefined for none. */
export function firstStatus(object: KubeObject): JsonObject | undefined {
  switch (object.kind) {
    case "Namespace":
      return { phase: "Active" };
    case "Pod":
      return { phase: "Pending" };
    case "PersistentVolumeClaim":
      return boundClaim(objectAt(object, "spec"));
    default:
      return undefined;
  }
}

/** What is wrong with the contents of an object of the core group, or undefined. */
export function contentProblem(object: KubeObject): string | undefined {
  return object.kind === "Pod" ? podProblem(objectAt(object, "spec")) : undefined;
}

const unchanged = (object: Fields): KubeObject => object;

const DEFAULTS: Readonly<Record<string, (object: Fields) => KubeObject>> = {
  Namespace: (object) => ({
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...object.metadata.labels, "kubernetes.io/metadata.name": object.metadata.name },
    },
  }),
  Pod: (object) => ({
    ...object,
    spec: {
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      serviceAccountName: "default",
      ...objectAt(object, "spec"),
    },
  }),
  Secret: secretOf,
  PersistentVolumeClaim: (object) => ({
    ...object,
    spec: { volumeMode: "Filesystem", volumeName: `pvc-${object.metadata.uid}`, ...objectAt(object, "spec") },
  }),
};

/** `stringData` is for writing only: it goes into `data`, over what is there. */
function secretOf({ stringData, ...object }: Fields): Fields {
  const texts = Object.entries(isJsonObject(stringData) ? stringData : {});
  const added = texts.map(([key, text]) => [key, Buffer.from(String(text)).toString("base64")]);
  const data = { ...objectAt(object, "data"), ...Object.fromEntries(added) };
  return { type: "Opaque", ...object, ...(Object.keys(data).length > 0 && { data }) };
}

/** There is always room: a claim is a directory. */
function boundClaim(spec: JsonObject): JsonObject {
  return {
    phase: "Bound",
    accessModes: spec["accessModes"],
    capacity: objectAt(objectAt(spec, "resources"), "requests"),
  };
}

function podProblem({ containers }: JsonObject): string | undefined {
  if (!Array.isArray(containers) || containers.length === 0) return "spec.containers: Required value";
  const nameless = containers.findIndex(
    (container) => typeof objectAt({ container }, "container")["name"] !== "string",
  );
  return nameless === -1 ? undefined : `spec.containers[${nameless}].name: Required value`;
}
