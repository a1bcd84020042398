import type { Fields } from "./fields.ts";
import type { Nanos } from "./time.ts";

/** The condition of type `Succeeded`, which says where a run stands (knative duck type). */
export interface Condition {
  status: "True" | "False" | "Unknown";
  reason: string;
  message: string;
  transitionNs?: Nanos;
}

/** A result as text; arrays and objects as their JSON. */
export interface Result {
  name: string;
  value: string;
}

export function readCondition(status: Fields): Condition | undefined {
  const condition = status.objects("conditions").find((candidate) => candidate.raw("type") === "Succeeded");
  if (condition === undefined) return undefined;
  const value = condition.text("status");
  return {
    status: value === "True" || value === "False" ? value : "Unknown",
    reason: condition.text("reason") ?? "",
    message: condition.text("message") ?? "",
    transitionNs: condition.time("lastTransitionTime"),
  };
}

/** Reads `results` (v1) or the name an older API version had for it. */
export function readResults(status: Fields, ...keys: string[]): Result[] {
  const key = keys.find((candidate) => status.raw(candidate) !== undefined);
  if (key === undefined) return [];
  return status.objects(key).map((result) => {
    const value = result.raw("value");
    return {
      name: result.text("name") ?? "",
      value: typeof value === "string" ? value : JSON.stringify(value ?? ""),
    };
  });
}
