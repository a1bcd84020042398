import type { Fields } from "./fields.ts";
import { type ObjectMeta, readMeta } from "./meta.ts";
import { type PipelineTask, readPipelineGraph } from "./pipeline-graph.ts";
import { type Condition, type Result, readCondition, readResults } from "./status.ts";
import { type Attempt, readAttempts } from "./task-run.ts";
import type { Nanos } from "./time.ts";

/** A PipelineRun of tekton.dev/v1, v1beta1 or v1alpha1, in one shape. */
export interface PipelineRun {
  meta: ObjectMeta;
  /** `spec.pipelineRef.name`, or the `name` parameter of a resolver. */
  pipelineRefName?: string;
  condition?: Condition;
  startNs?: Nanos;
  completionNs?: Nanos;
  /** Empty where the dump holds no pipelineSpec. */
  graph: PipelineTask[];
  /** Every child the status names, once; with the status itself where an old API version embeds it. */
  children: ChildReference[];
  skippedTasks: SkippedTask[];
  results: Result[];
  /** `status.spanContext`, as it stands. */
  spanContext: unknown;
}

export interface ChildReference {
  kind: string;
  name: string;
  pipelineTask: string;
  displayName?: string;
  /** `status.taskRuns[name].status` of v1beta1 and v1alpha1. */
  attempts?: Attempt[];
}

export interface SkippedTask {
  name: string;
  reason: string;
}

export function readPipelineRun(object: Fields): PipelineRun {
  const spec = object.object("spec");
  const status = object.object("status");
  const pipelineSpec = status?.object("pipelineSpec") ?? spec?.object("pipelineSpec");
  return {
    meta: readMeta(object),
    pipelineRefName: readPipelineRefName(spec?.object("pipelineRef")),
    condition: status && readCondition(status),
    startNs: status?.time("startTime"),
    completionNs: status?.time("completionTime"),
    graph: pipelineSpec === undefined ? [] : readPipelineGraph(pipelineSpec),
    children: status === undefined ? [] : readChildren(status),
    skippedTasks: (status?.objects("skippedTasks") ?? []).map((skipped) => ({
      name: skipped.text("name") ?? "",
      reason: skipped.text("reason") ?? "",
    })),
    results: status === undefined ? [] : readResults(status, "results", "pipelineResults"),
    spanContext: status?.raw("spanContext"),
  };
}

function readPipelineRefName(reference: Fields | undefined): string | undefined {
  const name = reference?.text("name");
  if (name) return name;
  const param = reference?.objects("params").find((candidate) => candidate.raw("name") === "name");
  const value = param?.raw("value");
  return typeof value === "string" ? value : undefined;
}

/** `childReferences` (v1) and the embedded `taskRuns` and `runs` (older): dumps of 2023 hold both. */
function readChildren(status: Fields): ChildReference[] {
  const children = new Map<string, ChildReference>();
  for (const reference of status.objects("childReferences")) {
    const child = {
      kind: reference.text("kind") || "TaskRun",
      name: reference.text("name") ?? "",
      pipelineTask: reference.text("pipelineTaskName") ?? "",
      displayName: reference.text("displayName"),
    };
    children.set(child.name, child);
  }
  for (const [key, kind] of [
    ["taskRuns", "TaskRun"],
    ["runs", "CustomRun"],
  ] as const) {
    for (const [name, embedded] of status.entries(key)) {
      children.set(name, {
        kind,
        name,
        pipelineTask: embedded.text("pipelineTaskName") ?? "",
        ...children.get(name),
        attempts: readAttempts(embedded.object("status")),
      });
    }
  }
  return [...children.values()];
}
