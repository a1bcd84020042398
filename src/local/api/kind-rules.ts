/** What the API server and the controllers every cluster has fill in and check, kind by kind. */
import type { KubeObject } from "../../kube/index.ts";
import { isJsonObject, type JsonObject, objectAt } from "./json.ts";
import { labelProblem } from "./names.ts";

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

/**
 * Names of volumes and containers become names of directories and files: `../../etc` must not get there, and two of one name
 * would be one.
 */
function podProblem({ containers, initContainers, volumes }: JsonObject): string | undefined {
  if (!Array.isArray(containers) || containers.length === 0) return "spec.containers: Required value";
  const all = [...namesOf("spec.initContainers", initContainers), ...namesOf("spec.containers", containers)];
  return (
    listProblem("spec.initContainers", initContainers) ??
    listProblem("spec.volumes", volumes) ??
    firstProblem(namesOf("spec.volumes", volumes)) ??
    firstProblem(all)
  );
}

function listProblem(path: string, value: unknown): string | undefined {
  return value == null || Array.isArray(value) ? undefined : `${path}: Invalid value: must be a list`;
}

interface NameAt {
  path: string;
  name: unknown;
}

function namesOf(path: string, list: unknown): NameAt[] {
  if (!Array.isArray(list)) return [];
  return list.map((item, index) => ({
    path: `${path}[${index}].name`,
    name: isJsonObject(item) ? item["name"] : undefined,
  }));
}

function firstProblem(names: readonly NameAt[]): string | undefined {
  const seen = new Set<string>();
  for (const { path, name } of names) {
    if (typeof name !== "string") return `${path}: Required value`;
    const why = labelProblem(name);
    if (why !== undefined) return `${path}: Invalid value: ${JSON.stringify(name)}: ${why}`;
    if (seen.has(name)) return `${path}: Duplicate value: ${JSON.stringify(name)}`;
    seen.add(name);
  }
  return undefined;
}
