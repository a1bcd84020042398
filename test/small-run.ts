import { formatTime } from "../src/tekton/index.ts";

/** A PipelineRun small enough to write down in a test. Times are seconds after its creation. */
export interface SmallRun {
  name?: string;
  uid?: string;
  created?: number;
  started?: number;
  /** Absent while it runs. */
  ended?: number;
  reason?: string;
  tasks: SmallTask[];
  skipped?: string[];
  annotations?: Record<string, string>;
  /** `status.spanContext`. */
  spanContext?: Record<string, string>;
  /** Without it, nobody knows what waits for what. */
  withGraph?: boolean;
}

export interface SmallTask {
  name: string;
  after?: string[];
  finally?: boolean;
  /** Absent where the task was skipped: then it is only part of the graph. */
  from?: number;
  to?: number;
  reason?: string;
  steps?: { name: string; from: number; to: number; exitCode?: number }[];
}

export const RUN_UID = "0f57e147-e992-4304-8977-436289d10628";
const ORIGIN = 1_787_044_502_000_000_000n;

export function at(seconds: number): string {
  return formatTime(ORIGIN + BigInt(Math.round(seconds * 1e9)));
}

/** The PipelineRun and its TaskRuns as the API server would show them. */
export function smallRun(run: SmallRun): Record<string, unknown>[] {
  const uid = run.uid ?? RUN_UID;
  const name = run.name ?? "build-7k2mq";
  const pipelineRun = {
    apiVersion: "tekton.dev/v1",
    kind: "PipelineRun",
    metadata: {
      name,
      namespace: "ci",
      uid,
      creationTimestamp: at(run.created ?? 0),
      labels: { "tekton.dev/pipeline": "build" },
      annotations: run.annotations ?? {},
    },
    status: {
      startTime: at(run.started ?? 0),
      completionTime: run.ended === undefined ? undefined : at(run.ended),
      conditions: [condition(run.ended === undefined ? "Running" : (run.reason ?? "Succeeded"))],
      spanContext: run.spanContext,
      skippedTasks: (run.skipped ?? []).map((task) => ({
        name: task,
        reason: "When Expressions evaluated to false",
      })),
      pipelineSpec:
        run.withGraph === false
          ? undefined
          : {
              tasks: run.tasks.filter((task) => !task.finally).map(specOf),
              finally: run.tasks.filter((task) => task.finally).map(specOf),
            },
    },
  };
  return [pipelineRun, ...run.tasks.flatMap((task, index) => taskRunOf(task, index, { name, uid }))];
}

function condition(reason: string) {
  const status = reason === "Running" ? "Unknown" : /Succeeded|Completed/.test(reason) ? "True" : "False";
  return { type: "Succeeded", status, reason, message: `it is ${reason}` };
}

function specOf({ name, after }: SmallTask) {
  return { name, ...(after === undefined ? {} : { runAfter: after }) };
}

function taskRunOf(
  task: SmallTask,
  index: number,
  run: { name: string; uid: string },
): Record<string, unknown>[] {
  if (task.from === undefined) return [];
  return [
    {
      apiVersion: "tekton.dev/v1",
      kind: "TaskRun",
      metadata: {
        name: `${run.name}-${task.name}`,
        namespace: "ci",
        uid: `${run.uid.slice(0, -4)}${(index + 1).toString().padStart(4, "0")}`,
        creationTimestamp: at(task.from),
        labels: {
          "tekton.dev/pipelineTask": task.name,
          "tekton.dev/memberOf": task.finally ? "finally" : "tasks",
        },
        ownerReferences: [{ kind: "PipelineRun", name: run.name, uid: run.uid, controller: true }],
      },
      status: {
        startTime: at(task.from),
        completionTime: task.to === undefined ? undefined : at(task.to),
        conditions: [condition(task.to === undefined ? "Running" : (task.reason ?? "Succeeded"))],
        steps: (task.steps ?? []).map(({ name, from, to, exitCode = 0 }) => ({
          name,
          container: `step-${name}`,
          terminated: {
            exitCode,
            reason: exitCode === 0 ? "Completed" : "Error",
            startedAt: at(from),
            finishedAt: at(to),
            containerID: "containerd://1",
          },
        })),
      },
    },
  ];
}
