import type { Result as TaskResult } from "../tekton/index.ts";
import type { Belonging } from "./belonging.ts";
import type { Outcome } from "./outcome.ts";
import { redacted } from "./redact.ts";
import type { Attributes, AttributeValue } from "./span.ts";
import type { AttemptTimeline, TaskPlace } from "./timeline.ts";

/** Attributes on their way to a span or resource: those without a value are left out there. */
export type LooseAttributes = Record<string, AttributeValue | undefined>;

/** The attributes of all these that have a value. */
export function defined(...parts: LooseAttributes[]): Attributes {
  const attributes: Attributes = {};
  for (const part of parts) {
    for (const key in part) {
      const value = part[key];
      if (value !== undefined && value !== "") attributes[key] = value;
    }
  }
  return attributes;
}

/** `key` is the attribute that holds the result of this kind of span. */
export function outcomeAttributes(key: string, { result, errorType, reason }: Outcome): LooseAttributes {
  return { [key]: result, "error.type": errorType, "tekton.reason": reason };
}

/** Where a task stands in its pipeline, beyond its name. */
export function placeAttributes({ memberOf, after }: Omit<TaskPlace, "name">): LooseAttributes {
  return { "tekton.member_of": memberOf, "tekton.pipeline_task.after": after.length > 0 ? after : undefined };
}

export function podAttributes({ pod, podName }: AttemptTimeline): LooseAttributes {
  const uid = pod?.meta.hasUid ? pod.meta.uid : undefined;
  return { "k8s.pod.name": podName, "k8s.pod.uid": uid, "k8s.node.name": pod?.nodeName };
}

const MAX_RESULTS = 32;

export function resultAttributes(results: readonly TaskResult[]): Attributes {
  const attributes: Attributes = {};
  for (const { name, value } of results.slice(0, MAX_RESULTS))
    attributes[`tekton.result.${name}`] = shorten(redacted(name, value));
  return attributes;
}

/** What the input leaves open, and carriers of context that could not be read. */
export function doubtAttributes(doubts: readonly string[], belonging?: Belonging): LooseAttributes {
  const invalid = (belonging?.invalid ?? []).map(({ carrier, reason }) => `${carrier}: ${reason}`);
  return {
    "throughline.uncertain": doubts.length > 0 ? doubts : undefined,
    "throughline.context.invalid": invalid.length > 0 ? invalid : undefined,
  };
}

const MAX_TEXT_BYTES = 1024;
const CUT = "...[truncated]";

/** Cuts text at a character boundary as Konflux services do: 1,024 bytes, suffix included. */
export function shorten(text: string): string {
  if (text.length * 3 <= MAX_TEXT_BYTES || Buffer.byteLength(text) <= MAX_TEXT_BYTES) return text;
  const bytes = Buffer.from(text).subarray(0, MAX_TEXT_BYTES - CUT.length);
  return `${new TextDecoder().decode(bytes, { stream: true })}${CUT}`;
}
