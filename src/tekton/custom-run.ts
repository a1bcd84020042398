import type { Fields } from "./fields.ts";
import { type ObjectMeta, readMeta } from "./meta.ts";
import { type Condition, type Result, readCondition, readResults } from "./status.ts";
import type { Nanos } from "./time.ts";

/** A CustomRun of tekton.dev/v1beta1, or a Run of v1alpha1: a task that somebody else's controller runs. */
export interface CustomRun {
  meta: ObjectMeta;
  condition?: Condition;
  startNs?: Nanos;
  completionNs?: Nanos;
  /** Why `spec.status` was set, e.g. that the PipelineRun timed out. */
  statusMessage: string;
  results: Result[];
}

export function readCustomRun(object: Fields): CustomRun {
  const status = object.object("status");
  return {
    meta: readMeta(object),
    condition: status && readCondition(status),
    startNs: status?.time("startTime"),
    completionNs: status?.time("completionTime"),
    statusMessage: object.object("spec")?.text("statusMessage") ?? "",
    results: status === undefined ? [] : readResults(status, "results"),
  };
}
