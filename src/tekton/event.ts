import type { Fields } from "./fields.ts";
import { type ObjectMeta, readMeta } from "./meta.ts";
import type { Nanos } from "./time.ts";

/** A Kubernetes Event of core/v1 or events.k8s.io/v1, in one shape. */
export interface KubernetesEvent {
  meta: ObjectMeta;
  type: string;
  reason: string;
  message: string;
  /** What it is about. */
  regarding: { kind: string; namespace: string; name: string; uid: string };
  /** Container named in the field path, e.g. `spec.containers{step-build}`. */
  container?: string;
  firstNs?: Nanos;
  lastNs?: Nanos;
  count: number;
}

export function readEvent(object: Fields): KubernetesEvent {
  const regarding = object.object("involvedObject") ?? object.object("regarding");
  const series = object.object("series");
  const meta = readMeta(object);
  // The scheduler writes eventTime to the microsecond and no firstTimestamp; the kubelet the other way round.
  const eventNs = object.time("eventTime");
  const firstNs =
    eventNs ?? object.time("firstTimestamp") ?? object.time("deprecatedFirstTimestamp") ?? meta.createdNs;
  const lastNs =
    series?.time("lastObservedTime") ??
    object.time("lastTimestamp") ??
    object.time("deprecatedLastTimestamp");
  return {
    meta,
    type: object.text("type") ?? "",
    reason: object.text("reason") ?? "",
    message: object.text("message") ?? object.text("note") ?? "",
    regarding: {
      kind: regarding?.text("kind") ?? "",
      namespace: regarding?.text("namespace") ?? meta.namespace,
      name: regarding?.text("name") ?? "",
      uid: regarding?.text("uid") ?? "",
    },
    container: /\{(.+)\}$/.exec(regarding?.text("fieldPath") ?? "")?.[1],
    firstNs,
    lastNs: lastNs ?? firstNs,
    count: series?.integer("count") ?? object.integer("count") ?? object.integer("deprecatedCount") ?? 1,
  };
}
