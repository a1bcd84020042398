import { digest, uuidOf } from "../simulate/names.ts";
import { inMicroseconds, inSeconds } from "../time.ts";
import type { JsonObject } from "./json.ts";
import { hasHappened, type Observation, resourceVersion } from "./observation.ts";

/** What happened, when, and who says so. */
export interface Happening {
  atMs: number;
  type?: "Normal" | "Warning";
  reason: string;
  message: string;
  /** `spec.containers{step-build}`, for what is about one container. */
  fieldPath?: string;
  source: EventSource;
  /** The status of the Pod or TaskRun says the same. */
  isRepeated?: boolean;
}

export type EventSource =
  | { kind: "scheduler"; action: "Binding" | "Scheduling" }
  | { kind: "kubelet"; node: string }
  | { kind: "Tekton"; component: "PipelineRun" | "TaskRun" };

export interface Involved {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
}

/** The Events (core/v1) about one object that exist when the dump is taken. */
export function describeEvents(
  involved: Involved,
  happenings: Happening[],
  observation: Observation,
): JsonObject[] {
  const { events = "whole" } = observation.scenario;
  return happenings
    .filter(({ atMs }) => hasHappened(observation, atMs))
    .filter(({ isRepeated = false }) => events === "whole" || (events === "trimmed" && !isRepeated))
    .map((happening) => describeEvent(involved, happening, observation));
}

function describeEvent(involved: Involved, happening: Happening, observation: Observation): JsonObject {
  const { atMs, type = "Normal", reason, message, fieldPath, source } = happening;
  const { namespace } = observation.scenario;
  const identity = `${involved.uid} ${reason} ${message} ${fieldPath} ${atMs}`;
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: {
      name: `${involved.name}.${eventSuffix(atMs, identity)}`,
      namespace,
      uid: uuidOf(identity),
      resourceVersion: resourceVersion(observation, atMs),
      creationTimestamp: inSeconds(atMs),
    },
    involvedObject: {
      apiVersion: involved.apiVersion,
      kind: involved.kind,
      name: involved.name,
      uid: involved.uid,
      namespace,
      fieldPath,
      resourceVersion: resourceVersion(observation, atMs),
    },
    type,
    reason,
    message,
    ...(source.kind === "scheduler"
      ? schedulerFields(source, { atMs, identity })
      : recorderFields(source, atMs)),
  };
}

/** The scheduler writes by the newer API: one precise time, and none of the older fields. */
function schedulerFields(
  { action }: { action: string },
  { atMs, identity }: { atMs: number; identity: string },
): JsonObject {
  return {
    action,
    eventTime: inMicroseconds(atMs, Number.parseInt(digest("md5", identity).slice(0, 4), 16) % 1000),
    firstTimestamp: null,
    lastTimestamp: null,
    reportingComponent: "default-scheduler",
    reportingInstance: "default-scheduler-control-plane",
    source: {},
  };
}

function recorderFields(source: Exclude<EventSource, { kind: "scheduler" }>, atMs: number): JsonObject {
  const component = source.kind === "kubelet" ? "kubelet" : source.component;
  const host = source.kind === "kubelet" ? source.node : undefined;
  return {
    count: 1,
    eventTime: null,
    firstTimestamp: inSeconds(atMs),
    lastTimestamp: inSeconds(atMs),
    reportingComponent: component,
    reportingInstance: host ?? "",
    source: { component, host },
  };
}

/** An Event is called after its object and the moment, in hexadecimal nanoseconds. */
function eventSuffix(atMs: number, identity: string): string {
  const nanos =
    BigInt(atMs) * 1_000_000n + BigInt(Number.parseInt(digest("md5", identity).slice(4, 9), 16) % 1_000_000);
  return nanos.toString(16);
}
