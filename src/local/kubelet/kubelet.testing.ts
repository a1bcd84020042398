/** A kubelet over an embedded API, with real processes, for tests. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../engine/index.ts";
import { type Container, CoreKind, type Pod, type Stored } from "../../kube/index.ts";
import { type EmbeddedApi, openEmbeddedApi } from "../api/index.ts";
import { chooseExecutor, type ExecutorName } from "../executors/index.ts";
import { type Kubelet, type Output, startKubelet, type TelemetryBody } from "./index.ts";

export const hasSandbox = existsSync("/usr/bin/bwrap");

export interface Stage {
  api: EmbeddedApi;
  kubelet: Kubelet;
  directory: string;
  outputs: Output[];
  /** What steps left in their spools. */
  telemetry: TelemetryBody[];
  /** Creates the Pod and answers it once it has ended. */
  run(pod: Pod): Promise<Stored<Pod>>;
  /** Waits until the Pod is as wanted. */
  until(name: string, isWanted: (pod: Stored<Pod>) => boolean): Promise<Stored<Pod>>;
  logOf(pod: string, container: string): Promise<string>;
  end(): Promise<void>;
}

export async function openStage(executorName: ExecutorName): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), "throughline-kubelet-"));
  const choice = await chooseExecutor(executorName, { directory });
  if (choice.kind === "unusable") throw new Error(choice.message);
  const { executor } = choice;
  const api = await openEmbeddedApi({ clock: systemClock });
  const outputs: Output[] = [];
  const telemetry: TelemetryBody[] = [];
  const kubelet = await startKubelet({
    api,
    clock: systemClock,
    executor,
    directory,
    network: "host",
    access: { shared: ["/"], hidden: [] },
    onOutput: (output) => outputs.push(output),
    onTelemetry: (body) => telemetry.push(body),
    log: () => {},
  });
  const until = (name: string, isWanted: (pod: Stored<Pod>) => boolean) => untilPod(api, name, isWanted);
  return {
    api,
    kubelet,
    directory,
    outputs,
    telemetry,
    until,
    run: async (pod) => {
      const { metadata } = await api.create(CoreKind.pod, pod);
      return until(metadata.name, hasEnded);
    },
    logOf: (pod, container) =>
      textOf(kubelet.readLog({ namespace: "default", pod, container, follow: true })),
    end: async () => {
      await kubelet.stop();
      await api.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export function hasEnded({ status }: Stored<Pod>): boolean {
  return status?.phase === "Succeeded" || status?.phase === "Failed";
}

export async function untilPod(
  api: EmbeddedApi,
  name: string,
  isWanted: (pod: Stored<Pod>) => boolean,
): Promise<Stored<Pod>> {
  const watching = new AbortController();
  const events = api.watch(CoreKind.pod, {
    namespace: "default",
    fieldSelector: `metadata.name=${name}`,
    resourceVersion: "0",
    signal: watching.signal,
  });
  try {
    for await (const event of events) {
      if (event.type !== "BOOKMARK" && isWanted(event.object)) return event.object;
    }
  } finally {
    watching.abort();
  }
  throw new Error(`the watch of Pod ${name} has ended`);
}

export async function textOf(log: AsyncIterable<Buffer> | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of log ?? []) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export function podOf(name: string, spec: Partial<Pod["spec"]>): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default" },
    spec: { restartPolicy: "Never", containers: [], ...spec },
  };
}

export function shell(name: string, script: string, more: Partial<Container> = {}): Container {
  return { name, image: "busybox", command: ["sh", "-c", script], ...more };
}

/** A step of a Pod as the TaskRun reconciler makes it. */
export interface StepPlan {
  name: string;
  script?: string;
  /** More of the entrypoint's flags. */
  flags?: string[];
  args?: string[];
  env?: Container["env"];
}

/** The shape of a TaskRun's Pod: its volumes, init containers and steps in a row. */
export function taskPod(name: string, steps: readonly StepPlan[]): Pod {
  const scripts = steps.flatMap(({ script }, index) =>
    script === undefined ? [] : [scriptPath(index), Buffer.from(script).toString("base64")],
  );
  return podOf(name, {
    volumes: [
      ...["workspace", "home", "results", "steps", "artifacts", "scripts"].map(internalVolume),
      ...steps.map((_, index) => internalVolume(`run-${index}`)),
    ],
    initContainers: [
      {
        name: "prepare",
        command: ["/tekton/bin/entrypoint", "init"],
        volumeMounts: [{ name: "tekton-internal-steps", mountPath: "/tekton/steps" }],
      },
      {
        name: "place-scripts",
        command: ["/tekton/bin/entrypoint", "place-scripts"],
        args: scripts,
        volumeMounts: [{ name: "tekton-internal-scripts", mountPath: "/tekton/scripts" }],
      },
    ],
    containers: steps.map((step, index) => stepContainer(step, { index, count: steps.length })),
  });
}

function internalVolume(name: string) {
  return { name: `tekton-internal-${name}`, emptyDir: {} };
}

function scriptPath(index: number): string {
  return `/tekton/scripts/script-${index}-abcde`;
}

function stepContainer(step: StepPlan, { index, count }: { index: number; count: number }): Container {
  const { name, script, flags = [], args = [], env } = step;
  const mount = (volume: string, mountPath: string, readOnly = false) => ({
    name: `tekton-internal-${volume}`,
    mountPath,
    readOnly,
  });
  return {
    name: `step-${name}`,
    image: "busybox",
    env,
    command: ["/tekton/bin/entrypoint"],
    args: [
      ...(index > 0 ? ["-wait_file", `/tekton/run/${index - 1}/out`] : []),
      ...["-post_file", `/tekton/run/${index}/out`],
      ...["-termination_path", "/tekton/termination"],
      ...["-step_metadata_dir", `/tekton/run/${index}/status`],
      ...flags,
      ...(script === undefined ? [] : ["-entrypoint", scriptPath(index)]),
      "--",
      ...args,
    ],
    volumeMounts: [
      mount("workspace", "/workspace"),
      mount("home", "/tekton/home"),
      mount("results", "/tekton/results"),
      mount("artifacts", "/tekton/artifacts"),
      mount("steps", "/tekton/steps", true),
      mount("scripts", "/tekton/scripts", true),
      ...Array.from({ length: count }, (_, run) => mount(`run-${run}`, `/tekton/run/${run}`, run !== index)),
    ],
  };
}
