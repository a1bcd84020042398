/** Kubernetes Events about a TaskRun's condition (docs/events.md). */
import { createHash } from "node:crypto";
import { type Condition, CoreKind, type Event, isApiError } from "../../kube/index.ts";
import { timestamp } from "../clock.ts";
import { traced } from "../tracing/index.ts";
import { succeededOf } from "./condition.ts";
import { retriesSoFar, type TaskRunPass } from "./pass.ts";

/** Event reasons of a condition's ends; before, the condition's own reason is the event's. */
const REASON_OF_END = { True: "Succeeded", False: "Failed" };

const STARTED: Condition = { type: "Succeeded", status: "Unknown", reason: "Started" };

export const emitting = traced({
  /** One Event for each reason the condition takes on in an attempt, however often the pass is repeated. */
  async emitReconcileEvents(pass: TaskRunPass): Promise<void> {
    const before = succeededOf(pass.object.status);
    const after = succeededOf(pass.draft.status);
    if (after === undefined || (before?.status === after.status && before.reason === after.reason)) return;
    const conditions = before === undefined ? [STARTED, after] : [after];
    for (const condition of conditions) await emit(pass, condition);
  },
});

/** An Event that cannot be written is no reason to hold the run up. */
async function emit(pass: TaskRunPass, condition: Condition): Promise<void> {
  const event = eventOf(pass, condition);
  try {
    await pass.engine.api.create(CoreKind.event, event);
  } catch (fault) {
    if (isApiError(fault, 409)) return;
    const message = fault instanceof Error ? fault.message : String(fault);
    pass.engine.log(`Event ${event.reason} of TaskRun ${pass.object.metadata.name} is lost: ${message}`);
  }
}

/** Its name follows from what it tells. */
function eventOf(pass: TaskRunPass, { status, reason = "", message = "" }: Condition): Event {
  const { apiVersion, kind, metadata } = pass.object;
  const { name, uid, namespace = "" } = metadata;
  const time = timestamp(pass.engine.clock.now());
  const subject = `${uid}|${retriesSoFar(pass)}|${status}|${reason}`;
  const digest = createHash("sha256").update(subject).digest("hex").slice(0, 16);
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${digest}`, namespace },
    involvedObject: { apiVersion, kind, namespace, name, uid },
    type: status === "False" ? "Warning" : "Normal",
    reason: status === "Unknown" ? reason : REASON_OF_END[status],
    message,
    source: { component: "TaskRun" },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}
