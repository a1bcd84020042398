/** Kubernetes Events about a run's condition (docs/events.md). */
import { createHash } from "node:crypto";
import { type Condition, CoreKind, type Event, isApiError } from "../kube/index.ts";
import { timestamp } from "./clock.ts";
import { succeededOf } from "./condition.ts";
import type { ObjectPass } from "./run-pass.ts";
import { traced } from "./tracing/index.ts";
import type { PipelineRun, TaskRun } from "./types/index.ts";

/** Event reasons of a condition's ends; before, the condition's own reason is the event's. */
const REASON_OF_END = { True: "Succeeded", False: "Failed" };

const STARTED: Condition = { type: "Succeeded", status: "Unknown", reason: "Started" };

type RunPass = ObjectPass<PipelineRun> | ObjectPass<TaskRun>;

/** A condition a run took on; of one that is retried, in which attempt. */
interface Reached {
  condition: Condition;
  attempt: number;
}

export const emitting = traced({
  /**
   * One Event for each reason the condition takes on in an attempt, however often the pass is repeated: its name follows from
   * what it tells. An Event that cannot be written is no reason to hold the run up.
   */
  async emitReconcileEvents(pass: RunPass, attempt: number): Promise<void> {
    const [before, after] = [succeededOf(pass.object.status), succeededOf(pass.draft.status)];
    if (after === undefined || (before?.status === after.status && before.reason === after.reason)) return;
    const conditions = before === undefined && after.reason !== "Started" ? [STARTED, after] : [after];
    for (const condition of conditions) await emitting.emitEvent(pass, { condition, attempt });
  },

  async emitEvent(pass: RunPass, reached: Reached): Promise<void> {
    const { engine, object } = pass;
    const event = eventOf(pass, reached);
    try {
      await engine.api.create(CoreKind.event, event);
    } catch (fault) {
      if (isApiError(fault, 409)) return;
      const message = fault instanceof Error ? fault.message : String(fault);
      engine.log(`Event ${event.reason} of ${object.kind} ${object.metadata.name} is lost: ${message}`);
    }
  },
});

function eventOf({ object, engine }: RunPass, { condition, attempt }: Reached): Event {
  const { status, reason = "", message = "" } = condition;
  const { apiVersion, kind, metadata } = object;
  const { name, uid, namespace = "" } = metadata;
  const time = timestamp(engine.clock.now());
  return {
    apiVersion: "v1",
    kind: "Event",
    metadata: { name: `${name}.${digest(`${uid}|${attempt}|${status}|${reason}`)}`, namespace },
    involvedObject: { apiVersion, kind, namespace, name, uid },
    type: status === "False" ? "Warning" : "Normal",
    reason: status === "Unknown" ? reason : REASON_OF_END[status],
    message,
    source: { component: kind },
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  };
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
