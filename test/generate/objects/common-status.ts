import type { RunScenario } from "../scenario.ts";
import { inSeconds } from "../time.ts";
import type { Json, JsonObject } from "./json.ts";

/** A condition `Succeeded`, which is unknown until the end. */
export interface Progress {
  status: "True" | "False" | "Unknown";
  reason: string;
  message: string;
  sinceMs: number;
}

/** `status.conditions` with the one condition that counts. */
export function succeeded({ status, reason, message, sinceMs }: Progress): Json[] {
  return [{ type: "Succeeded", status, reason, message, lastTransitionTime: inSeconds(sinceMs) }];
}

/** What the reconciler keeps of the context it found, tracing or not (Tekton copies it on to each TaskRun). */
export function spanContext({ traceparent }: RunScenario): JsonObject | undefined {
  return traceparent === undefined ? undefined : { traceparent };
}

/** Tekton's JSON carrier, under the annotation key of a PipelineRun or a TaskRun. */
export function contextAnnotation(scenario: RunScenario, key: string): Record<string, string> {
  const context = spanContext(scenario);
  return context === undefined ? {} : { [key]: JSON.stringify(context) };
}

/** The feature flags of a default installation of Tekton 1.15. */
export const FEATURE_FLAGS: JsonObject = {
  awaitSidecarReadiness: true,
  coschedule: "workspaces",
  enableAPIFields: "beta",
  enableProvenanceInStatus: true,
  maxResultSize: 4096,
  resultExtractionMethod: "termination-message",
  runningInEnvWithInjectedSidecars: true,
  verificationNoMatchPolicy: "ignore",
};
