import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import { type PipelineRun, type TaskRun, TektonKind } from "../../src/engine/index.ts";
import {
  type Condition,
  CoreKind,
  connectKubeApi,
  type KubeApi,
  type KubeObject,
  type Pod,
  readKubeconfig,
  type Stored,
} from "../../src/kube/index.ts";
import type { ServerProgram } from "../program.ts";

const NAMESPACE = "default";
/** What a test waits for may take long on a busy machine; that it never comes is what fails it. */
const LONGEST_MILLIS = 240_000;
const LOOK_MILLIS = 50;

/** The embedded API of a server, over HTTP. */
export async function connectTo({ kubeconfig }: Pick<ServerProgram, "kubeconfig">): Promise<KubeApi> {
  return connectKubeApi(await readKubeconfig({ file: kubeconfig, env: {} }));
}

const KINDS = new Map(
  [...Object.values(TektonKind), ...Object.values(CoreKind)].map((kind) => [kind.kind, kind]),
);

/** Creates every object of a YAML file, as `kubectl create -f` does. */
export async function createAll(api: KubeApi, file: string): Promise<void> {
  for (const document of parseAllDocuments(readFileSync(file, "utf8"))) {
    const object = document.toJS() as KubeObject;
    const kind = KINDS.get(object.kind);
    if (kind === undefined) throw new Error(`${file}: what is a ${object.kind}?`);
    await api.create(kind, { ...object, metadata: { namespace: NAMESPACE, ...object.metadata } });
  }
}

/** Asks again and again until there is an answer. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + LONGEST_MILLIS;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleep(LOOK_MILLIS);
  }
  throw new Error(`waited in vain: ${what}`);
}

/** Where it stands; undefined before its first pass. */
export function succeededOf(run: Stored<PipelineRun>): Condition | undefined {
  return run.status?.conditions?.find(({ type }) => type === "Succeeded");
}

/** A PipelineRun that is over. */
export function runEnded(api: KubeApi, name: string): Promise<Stored<PipelineRun>> {
  return eventually(`PipelineRun ${name} ends`, async () => {
    const run = await api.get(TektonKind.pipelineRun, { namespace: NAMESPACE, name });
    const status = succeededOf(run)?.status;
    return status === "True" || status === "False" ? run : undefined;
  });
}

/** The TaskRuns of a PipelineRun. */
export async function taskRunsOf(api: KubeApi, run: string): Promise<readonly Stored<TaskRun>[]> {
  const labelSelector = `tekton.dev/pipelineRun=${run}`;
  return (await api.list(TektonKind.taskRun, { namespace: NAMESPACE, labelSelector })).items;
}

/** The Pods of its TaskRuns. */
export async function podsOf(api: KubeApi, run: string): Promise<readonly Stored<Pod>[]> {
  const labelSelector = `tekton.dev/pipelineRun=${run}`;
  return (await api.list(CoreKind.pod, { namespace: NAMESPACE, labelSelector })).items;
}

/** A run of a pipeline, with a claim of its own for the workspace `shared`. */
export function startRun(
  api: KubeApi,
  { name, pipeline }: { name: string; pipeline: string },
): Promise<Stored<PipelineRun>> {
  const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Mi" } } };
  return api.create(TektonKind.pipelineRun, {
    apiVersion: "tekton.dev/v1",
    kind: "PipelineRun",
    metadata: { name, namespace: NAMESPACE },
    spec: {
      pipelineRef: { name: pipeline },
      workspaces: [{ name: "shared", volumeClaimTemplate: { spec } }],
    },
  });
}

/** The trace a run belongs to, as its reconciler settled it. */
export function traceIdOf({ metadata, status }: Stored<PipelineRun>): string {
  const [, traceId] = status?.spanContext?.["traceparent"]?.split("-") ?? [];
  if (traceId === undefined) throw new Error(`PipelineRun ${metadata.name} has no status.spanContext`);
  return traceId;
}
