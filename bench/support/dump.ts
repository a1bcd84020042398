import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  type GeneratedObjects,
  generateRun,
  type JsonObject,
  kubectlList,
  type RunScenario,
  type StepScenario,
  type TaskScenario,
} from "../../test/generate/index.ts";

/** How much of what is in a dump. */
export interface DumpShape {
  runs: number;
  tasks: number;
  steps: number;
  pods: "whole" | "trimmed" | "none";
  withEvents: boolean;
}

/** Writes what `kubectl get pipelineruns,taskruns,pods[,events] -o json` would print for that many runs. */
export async function writeDump(path: string, shape: DumpShape): Promise<void> {
  await pipeline(Readable.from(kubectlList(objectsOf(shape))), createWriteStream(path));
}

/** How many bytes one more run adds. */
export function bytesPerRun(shape: DumpShape): number {
  const text = [...kubectlList(generateRun(scenarioOf(shape, 0), 0).all())].join("");
  return Buffer.byteLength(text);
}

/**
 * Kind after kind, as kubectl lists them: a run's objects lie far apart, which is what makes a dump hard to stream.
 * Each kind generates the runs anew, so that they need not be kept.
 */
function* objectsOf(shape: DumpShape): Generator<JsonObject> {
  for (const kind of ["pipelineRun", "taskRuns", "pods", "events"] as const) {
    for (let index = 0; index < shape.runs; index++) {
      yield* ofKind(generateRun(scenarioOf(shape, index), index), kind);
    }
  }
}

function ofKind(run: GeneratedObjects, kind: "pipelineRun" | "taskRuns" | "pods" | "events"): JsonObject[] {
  return kind === "pipelineRun" ? [run.pipelineRun] : run[kind];
}

const FIRST_RUN = Date.UTC(2026, 7, 1);
const BETWEEN_RUNS_MS = 97_000;

/** A first task, then all others side by side but for the last, which waits for them. */
function scenarioOf({ tasks, steps, pods, withEvents }: DumpShape, index: number): RunScenario {
  const names = Array.from({ length: tasks }, (_, position) => `task-${position}`);
  return {
    pipeline: `pipeline-${index % 20}`,
    namespace: `team-${index % 7}`,
    createdAt: new Date(FIRST_RUN + index * BETWEEN_RUNS_MS).toISOString(),
    params: { revision: "main", "repo-url": "https://git.example/acme/service" },
    tasks: names.map((name, position) => taskOf({ name, steps, runAfter: parents(names, position) })),
    pods,
    events: withEvents ? "whole" : "none",
  };
}

function parents(names: string[], position: number): string[] | undefined {
  if (position === 0) return undefined;
  return position === names.length - 1 && position > 1 ? names.slice(1, -1) : names.slice(0, 1);
}

function taskOf({
  name,
  steps,
  runAfter,
}: {
  name: string;
  steps: number;
  runAfter?: string[];
}): TaskScenario {
  return {
    name,
    runAfter,
    params: { revision: "$(params.revision)" },
    work: { kind: "steps", task: name, steps: Array.from({ length: steps }, (_, index) => stepOf(index)) },
  };
}

function stepOf(index: number): StepScenario {
  return {
    name: `step-${index}`,
    image: `registry.example/ci/tool-${index % 4}:1.${index}`,
    script: `#!/bin/sh\nset -eu\ncd /workspace/source\nmake stage-${index} REVISION="$(params.revision)"\n`,
    env: { STAGE: `stage-${index}`, LOG_LEVEL: "info" },
    durationMs: 1_500 + index * 700,
    results: index === 0 ? { digest: "sha256:9f2c4b7d51e8a036" } : undefined,
  };
}
