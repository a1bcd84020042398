/** Kubernetes Events about a run's condition (docs/events.md). */
import { createHash } from "node:crypto";
import { type Condition, CoreKind, type Event, isApiError } from "../../kube/index.ts";
import { timestamp } from "../clock.ts";
import { traced } from "../tracing/index.ts";
import type { RunPass } from "./pass.ts";

/** Event reasons of a condition's states; while it runs the condition's own reason is the event's. */
const REASON_OF_END = { True: "Succeeded", False: "Failed" };

export const emitting = traced({
  /**
   * One Event for each reason the condition takes on, however often the pass is repeated: its name follows from the run and the
   * reason. An Event that cannot be written is no reason to hold the run up.
   */
  async emitReconcileEvents(pass: RunPass): Promise<void> {
    const [before, after] = [conditionOf(pass.object.status), conditionOf(pass.draft.status)];
    if (after === undefined || (before?.status === after.status && before.reason === after.reason)) return;
    const all = before === undefined && after.reason !== "Started" ? [STARTED, after] : [after];
    for (const condition of all) await emitting.emitEvent(pass, condition);
  },

  async emitEvent(pass: RunPass, condition: Condition): Promise<void> {
    const event = eventOf(pass, condition);
    try {
      await pass.engine.api.create(CoreKind.event, event);
    } catch (fault) {
      if (isApiError(fault, 409)) return;
      const message = fault instanceof Error ? fault.message : String(fault);
      pass.engine.log(
        `Event ${event.reason} of PipelineRun ${pass.object.metadata.name} is lost: ${message}`,
      );
    }
  },
});

const STARTED: Condition = { type: "Succeeded", status: "Unknown", reason: "Started" };

function conditionOf(status: { conditions?: readonly Condition[] } | undefined): Condition | undefined {
  return status?.conditions?.find(({ type }) => type === "Succeeded");
}

function eventOf({ object, engine }: RunPass, { status, reason = "", message = "" }: Condition): Event {
  const { apiVersion, kind, metadata } = object;
  const { name, uid } = metadata;
  const namespace = metadata.namespace ?? "";
  const time = timestamp(engine.clock.now());
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${digest(`${uid}|${status}|${reason}`)}`, namespace },
    involvedObject: { apiVersion, kind, namespace, name, uid },
    type: status === "False" ? "Warning" : "Normal",
    reason: status === "Unknown" ? reason : REASON_OF_END[status],
    message,
    source: { component: "PipelineRun" },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
