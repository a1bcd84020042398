import type { Fields } from "./fields.ts";
import { type ObjectMeta, readMeta } from "./meta.ts";
import type { Nanos } from "./time.ts";

/** A Konflux Snapshot: the set of images that is tested and released together. */
export interface Snapshot {
  meta: ObjectMeta;
  application: string;
}

/** A Konflux Release of a Snapshot. */
export interface Release {
  meta: ObjectMeta;
  snapshot: string;
  releasePlan: string;
  startNs?: Nanos;
  completionNs?: Nanos;
}

export function readSnapshot(object: Fields): Snapshot {
  const spec = object.object("spec");
  return {
    meta: readMeta(object),
    application: spec?.text("application") ?? spec?.text("componentGroup") ?? "",
  };
}

export function readRelease(object: Fields): Release {
  const spec = object.object("spec");
  const status = object.object("status");
  return {
    meta: readMeta(object),
    snapshot: spec?.text("snapshot") ?? "",
    releasePlan: spec?.text("releasePlan") ?? "",
    startNs: status?.time("startTime"),
    completionNs: status?.time("completionTime"),
  };
}
