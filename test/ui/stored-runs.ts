import { createHash } from "node:crypto";
import { attributes, sendOtlp } from "./send-otlp.ts";

/** A run to store, as its spans say it. What is left out is usual. */
export interface RunToStore {
  /** Also what its ids are made of. */
  name: string;
  pipeline?: string;
  branch?: string;
  revision?: string;
  /** Milliseconds since 1970. */
  startMs: number;
  durationMs: number;
  waitMs?: number;
  /** Default: `success`. `running` is a run that is not over. */
  result?: string;
  message?: string;
  tasks?: TaskToStore[];
}

interface TaskToStore {
  name: string;
  /** From the start of the run, in milliseconds. */
  offsetMs: number;
  durationMs: number;
  result?: string;
}

/** The trace a stored run is in. */
export function traceIdOf(name: string): string {
  return digits(`trace ${name}`, 32);
}

/** Sends runs to a server's OTLP/HTTP address, as any exporter would. */
export async function storeRuns(otlpHttp: string, runs: readonly RunToStore[]): Promise<void> {
  await sendOtlp(otlpHttp, { resourceSpans: runs.map(resourceSpansOf) });
}

function resourceSpansOf(run: RunToStore) {
  const resource = {
    "service.name": "tekton",
    "k8s.namespace.name": "ci",
    "vcs.owner.name": "acme",
    "vcs.repository.name": "shop",
    "vcs.ref.head.name": run.branch ?? "main",
    "vcs.ref.head.revision": run.revision ?? digits(`revision ${run.name}`, 40),
  };
  const spans = [runSpan(run), ...(run.tasks ?? []).map((task) => taskSpan(run, task))];
  return { resource: { attributes: attributes(resource) }, scopeSpans: [{ spans }] };
}

function runSpan(run: RunToStore) {
  const { name, result = "success", tasks = [] } = run;
  const failed = tasks.find((task) => isBad(task.result));
  return {
    ...span({
      run,
      name: `RUN ${pipelineOf(run)}`,
      key: name,
      offsetMs: 0,
      durationMs: run.durationMs,
      result,
    }),
    kind: 2,
    attributes: attributes({
      "throughline.type": "pipelinerun",
      "tekton.pipelinerun.name": name,
      "tekton.pipeline.name": pipelineOf(run),
      "throughline.wait_ns": String((run.waitMs ?? 0) * 1_000_000),
      ...(result === "running" ? { "throughline.provisional": "true" } : { "cicd.pipeline.result": result }),
      ...(failed && { "tekton.failed.task": failed.name, "tekton.failed.step": "test" }),
    }),
  };
}

function taskSpan(run: RunToStore, task: TaskToStore) {
  const { name, offsetMs, durationMs, result = "success" } = task;
  return {
    ...span({ run, name, key: `${run.name} ${name}`, offsetMs, durationMs, result }),
    parentSpanId: digits(`span ${run.name}`, 16),
    kind: 1,
    attributes: attributes({
      "throughline.type": "taskrun",
      "tekton.pipelinerun.name": run.name,
      "tekton.pipeline.name": pipelineOf(run),
      "tekton.pipeline_task.name": name,
      "cicd.pipeline.task.run.result": result,
      "throughline.task.critical_path_ns": String(durationMs * 1_000_000),
    }),
  };
}

interface SpanParts {
  run: RunToStore;
  name: string;
  key: string;
  offsetMs: number;
  durationMs: number;
  result: string;
}

function span({ run, name, key, offsetMs, durationMs, result }: SpanParts) {
  const start = run.startMs + offsetMs;
  return {
    traceId: traceIdOf(run.name),
    spanId: digits(`span ${key}`, 16),
    name,
    startTimeUnixNano: `${start}000000`,
    endTimeUnixNano: `${start + durationMs}000000`,
    status: isBad(result) ? { code: 2, message: run.message ?? "" } : { code: 1 },
  };
}

function pipelineOf({ pipeline = "build-and-test" }: RunToStore): string {
  return pipeline;
}

function isBad(result: string | undefined): boolean {
  return result === "failure" || result === "error" || result === "timeout";
}

function digits(text: string, length: number): string {
  return createHash("sha256").update(text).digest("hex").slice(0, length);
}
