/** The columns of `kubectl get`, kind by kind, as Kubernetes and Tekton's CRDs have them. */
import { isJsonObject, type JsonObject, objectAt } from "../json.ts";
import type { StoredObject } from "../objects.ts";
import { ageOf } from "./age.ts";

export interface Column {
  name: string;
  /** 0 is always shown, 1 with `-o wide`. */
  priority: number;
  value(object: StoredObject, nowMillis: number): unknown;
}

/** The columns of a kind, after the name. */
export function columnsOf(kind: string): readonly Column[] {
  return COLUMNS[kind] ?? [AGE];
}

function column(name: string, value: Column["value"], priority = 0): Column {
  return { name, value, priority };
}

/** How long ago the time in this field was. */
function since(name: string, path: string): Column {
  return column(name, (object, nowMillis) => ageOf(at(object, path), nowMillis));
}

/** What stands in this field. */
function field(name: string, path: string, priority = 0): Column {
  return column(name, (object) => at(object, path), priority);
}

function at(object: unknown, path: string): unknown {
  let value = object;
  for (const part of path.split(".")) value = isJsonObject(value) ? value[part] : undefined;
  return value;
}

const AGE = since("Age", "metadata.creationTimestamp");

const RUN: readonly Column[] = [
  column("Succeeded", (object) => succeeded(object)?.["status"]),
  column("Reason", (object) => succeeded(object)?.["reason"]),
  since("StartTime", "status.startTime"),
  since("CompletionTime", "status.completionTime"),
];

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  PipelineRun: RUN,
  TaskRun: RUN,
  CustomRun: RUN,
  Pod: [
    column("Ready", readyContainers),
    column("Status", podStatus),
    column("Restarts", (object) => sum(containerStatuses(object), "restartCount")),
    AGE,
    field("IP", "status.podIP", 1),
    field("Node", "spec.nodeName", 1),
  ],
  Namespace: [field("Status", "status.phase"), AGE],
  ConfigMap: [column("Data", (object) => entries(object, "data") + entries(object, "binaryData")), AGE],
  Secret: [field("Type", "type"), column("Data", (object) => entries(object, "data")), AGE],
  ServiceAccount: [column("Secrets", (object) => listAt(object, "secrets").length), AGE],
  PersistentVolumeClaim: [
    field("Status", "status.phase"),
    field("Volume", "spec.volumeName"),
    field("Capacity", "status.capacity.storage"),
    column("Access Modes", (object) => accessModes(listAt(objectAt(object, "spec"), "accessModes"))),
    field("StorageClass", "spec.storageClassName"),
    AGE,
  ],
  Event: [
    since("Last Seen", "lastTimestamp"),
    field("Type", "type"),
    field("Reason", "reason"),
    column("Object", (object) => involved(objectAt(object, "involvedObject"))),
    field("Message", "message"),
  ],
};

function listAt(value: unknown, name: string): readonly JsonObject[] {
  const list = isJsonObject(value) ? value[name] : undefined;
  return Array.isArray(list) ? (list as readonly JsonObject[]) : [];
}

function entries(object: StoredObject, name: string): number {
  return Object.keys(objectAt(object, name)).length;
}

function succeeded({ status }: StoredObject): JsonObject | undefined {
  return listAt(status, "conditions").find(({ type }) => type === "Succeeded");
}

function involved({ kind, name }: JsonObject): string {
  return `${String(kind).toLowerCase()}/${name}`;
}

const SHORT_MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: "RWO",
  ReadOnlyMany: "ROX",
  ReadWriteMany: "RWX",
  ReadWriteOncePod: "RWOP",
};

function accessModes(modes: readonly unknown[]): string {
  return modes.map((mode) => SHORT_MODES[String(mode)] ?? mode).join(",");
}

function containerStatuses({ status }: StoredObject): readonly JsonObject[] {
  return listAt(status, "containerStatuses");
}

function sum(list: readonly JsonObject[], name: string): number {
  return list.reduce((total, item) => total + Number(item[name] ?? 0), 0);
}

function readyContainers(object: StoredObject): string {
  const ready = containerStatuses(object).filter((status) => status["ready"] === true);
  return `${ready.length}/${listAt(objectAt(object, "spec"), "containers").length}`;
}

/** What keeps or ended it, where a container tells; else its phase (kubernetes, pkg/printers printPod). */
function podStatus(object: StoredObject): unknown {
  const { reason, phase } = objectAt(object, "status");
  if (object.metadata.deletionTimestamp !== undefined) return "Terminating";
  return initReason(object) ?? containerReason(object) ?? reason ?? phase;
}

function initReason({ status }: StoredObject): string | undefined {
  const inits = listAt(status, "initContainerStatuses");
  const isDone = ({ state }: JsonObject) => objectAt({ state }, "state")["terminated"] !== undefined;
  const done = inits.filter((init) => isDone(init) && exitCode(init) === 0).length;
  const current = inits[done];
  if (current === undefined) return undefined;
  return isDone(current) ? `Init:${reasonOf(current) ?? "Error"}` : `Init:${done}/${inits.length}`;
}

function containerReason(object: StoredObject): string | undefined {
  const reasons = containerStatuses(object).map(reasonOf);
  const isRunning = containerStatuses(object).some(({ state }) => isJsonObject(state) && "running" in state);
  return isRunning ? undefined : reasons.findLast((reason) => reason !== undefined);
}

function stateOf(status: JsonObject): JsonObject {
  const state = objectAt(status, "state");
  return { ...objectAt(state, "waiting"), ...objectAt(state, "terminated") };
}

function exitCode(status: JsonObject): unknown {
  return stateOf(status)["exitCode"];
}

function reasonOf(status: JsonObject): string | undefined {
  const { reason } = stateOf(status);
  return typeof reason === "string" && reason !== "" ? reason : undefined;
}
