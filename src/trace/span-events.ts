import { formatTime, type KubernetesEvent, type Nanos } from "../tekton/index.ts";
import { defined, shorten } from "./attributes.ts";
import { clamp, type Interval } from "./interval.ts";
import type { Attributes, SpanEvent } from "./span.ts";
import type { StepTimeline } from "./steps.ts";
import type { TaskTimeline } from "./timeline.ts";

/** TEP-0136: the states of the step's container, each once. */
export function stateEvents({ step, waited, containerStartedNs, interval }: StepTimeline): SpanEvent[] {
  const { state } = step;
  const events = waited.map(({ reason, message, atNs }) =>
    eventAt(
      "waiting",
      atNs,
      interval,
      defined({ "tekton.reason": reason, "tekton.message": shorten(message) }),
    ),
  );
  if (containerStartedNs !== undefined) events.push(eventAt("running", containerStartedNs, interval, {}));
  if (state.kind === "terminated" && state.finishedNs !== undefined) {
    const reason = step.terminationReason || state.reason;
    const attributes = defined({ "tekton.reason": reason, "process.exit.code": BigInt(state.exitCode) });
    events.push(eventAt("terminated", state.finishedNs, interval, attributes));
  }
  return events;
}

/** When a task was taken up and, unless attempts tell it, what Kubernetes warned of. */
export function taskEvents({ takenUpNs, interval, attempts }: TaskTimeline): SpanEvent[] {
  const events = takenUpNs === undefined ? [] : [eventAt("started", takenUpNs, interval, {})];
  const [only, ...others] = attempts;
  if (only !== undefined && others.length === 0) events.push(...warningEvents(only.warnings, interval));
  return events;
}

const MAX_WARNINGS = 32;

/** What Kubernetes warned of while a Pod was being set up. */
export function warningEvents(warnings: readonly KubernetesEvent[], interval: Interval): SpanEvent[] {
  return warnings.slice(0, MAX_WARNINGS).flatMap(({ reason, message, firstNs, count }) => {
    if (firstNs === undefined) return [];
    const attributes = { "tekton.message": shorten(message), "tekton.count": BigInt(count) };
    return [eventAt(reason || "Warning", firstNs, interval, attributes)];
  });
}

/** An event within its span; the time the object tells stays beside it where it lies outside. */
function eventAt(name: string, atNs: Nanos, interval: Interval, attributes: Attributes): SpanEvent {
  const timeNs = clamp(atNs, interval);
  if (timeNs === atNs) return { name, timeNs, attributes };
  return { name, timeNs, attributes: { ...attributes, "tekton.raw.time": formatTime(atNs) } };
}
