import type { Json, JsonObject, RunScenario, TaskScenario } from "./index.ts";

/** The value at a path such as `status.conditions.0.reason`. */
export function at(object: Json, path: string): Json {
  return path.split(".").reduce<Json>((value, key) => {
    if (Array.isArray(value)) return value[Number(key)];
    return typeof value === "object" && value !== null ? value[key] : undefined;
  }, object);
}

export function list(object: Json, path: string): Json[] {
  const value = at(object, path);
  return Array.isArray(value) ? value : [];
}

export function named(objects: JsonObject[], name: string): JsonObject {
  const found = objects.find((object) => at(object, "metadata.name") === name);
  if (found === undefined) throw new Error(`no object is called ${name}`);
  return found;
}

/** A run of the given tasks, without anything else worth mentioning. */
export function runOf(tasks: TaskScenario[], rest: Partial<RunScenario> = {}): RunScenario {
  return { pipeline: "ship", namespace: "demo", createdAt: "2026-08-18T09:15:01.700Z", tasks, ...rest };
}

/** A task of one step. */
export function oneStep(
  name: string,
  rest: Partial<TaskScenario> & { exitCodes?: number[]; durationMs?: number } = {},
): TaskScenario {
  const { exitCodes, durationMs = 10_000, ...task } = rest;
  const step = { name: "run", image: "alpine:3.22", command: ["true"], durationMs, exitCodes };
  return { name, work: { kind: "steps", task: "tool", steps: [step] }, ...task };
}
