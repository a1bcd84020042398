import type { PodHistory, TaskRunHistory } from "../history.ts";
import { DEFAULT_TIMEOUT_MS, type RunScenario, type StepScenario } from "../scenario.ts";
import { claimName, digest } from "../simulate/names.ts";
import { substitute } from "../simulate/references.ts";
import { type Json, type JsonObject, nameValues } from "./json.ts";
import { mountsOfInit, mountsOfStep, volumes } from "./pod-volumes.ts";
import { resultNames, taskVariables } from "./task-spec.ts";

export interface PodSetting {
  task: TaskRunHistory;
  pod: PodHistory;
  scenario: RunScenario;
  /** Whose claims the volumes are. */
  runUid: string;
}

/** What Tekton makes of a Task: its own init containers, and each step under the entrypoint's control. */
export function podSpec(setting: PodSetting, isBound: boolean): JsonObject {
  const { task, pod, scenario, runUid } = setting;
  const { serviceAccountName = "default" } = scenario;
  const timeoutMs = task.task.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const claims = (task.task.workspaces ?? []).map((workspace) => claimName({ workspace, ownerUid: runUid }));
  return {
    // Tekton's own timeout comes first; this one is for a cluster on which Tekton has stopped.
    activeDeadlineSeconds: Math.floor((timeoutMs * 1.5) / 1000),
    containers: task.work.steps.map((step, index) => stepContainer(setting, { step, index })),
    dnsPolicy: "ClusterFirst",
    enableServiceLinks: true,
    initContainers: pod.initContainers.map(({ name, image }) => initContainer(setting, { name, image })),
    nodeName: isBound ? pod.node : undefined,
    preemptionPolicy: "PreemptLowerPriority",
    priority: 0,
    restartPolicy: "Never",
    schedulerName: "default-scheduler",
    securityContext: {},
    serviceAccount: serviceAccountName,
    serviceAccountName,
    terminationGracePeriodSeconds: 30,
    tolerations: ["not-ready", "unreachable"].map(toleration),
    volumes: volumes({ pod, claims }),
  };
}

function toleration(condition: string): Json {
  const key = `node.kubernetes.io/${condition}`;
  return { effect: "NoExecute", key, operator: "Exists", tolerationSeconds: 300 };
}

function initContainer({ task, pod }: PodSetting, { name, image }: { name: string; image: string }): Json {
  const steps = task.work.steps.map((step) => `step-${step.name}`);
  const copying = ["/ko-app/entrypoint", "init", "/ko-app/entrypoint", "/tekton/bin/entrypoint", ...steps];
  return {
    name,
    image,
    command: name === "prepare" ? copying : ["sh"],
    workingDir: name === "prepare" ? "/" : undefined,
    imagePullPolicy: "IfNotPresent",
    resources: {},
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    volumeMounts: mountsOfInit({ pod, container: name }),
  };
}

function stepContainer(
  { task, pod }: PodSetting,
  { step, index }: { step: StepScenario; index: number },
): Json {
  const { work, params } = task;
  const variables = taskVariables({ taskRun: task.name, params, task: task.task, work });
  const { command, args } = entrypointArguments({ pod, step, index, results: resultNames(work) });
  const workspaces = task.task.workspaces ?? [];
  return {
    name: `step-${step.name}`,
    image: substitute(step.image, variables),
    command: ["/tekton/bin/entrypoint"],
    args: [...args, ...[...command, ...(step.args ?? [])].map((text) => substitute(text, variables))],
    env: nameValues(step.env ?? {}),
    imagePullPolicy: "IfNotPresent",
    resources: {},
    terminationMessagePath: "/tekton/termination",
    terminationMessagePolicy: "File",
    volumeMounts: mountsOfStep({ pod, step: index, workspaces }),
  };
}

interface Entrypoint {
  pod: PodHistory;
  step: StepScenario;
  index: number;
  results: string[];
}

/** The entrypoint's flags up to `--`, and what is left of the step's own command after it. */
function entrypointArguments({ pod, step, index, results }: Entrypoint): {
  args: string[];
  command: string[];
} {
  const [program, ...rest] = step.script === undefined ? (step.command ?? []) : [scriptPath(pod, index)];
  const turn =
    index === 0
      ? ["-wait_file", "/tekton/downward/ready", "-wait_file_content"]
      : ["-wait_file", `/tekton/run/${index - 1}/out`];
  const args = [
    ...turn,
    ...["-post_file", `/tekton/run/${index}/out`, "-termination_path", "/tekton/termination"],
    ...["-step_metadata_dir", `/tekton/run/${index}/status`],
    ...(step.onError === undefined ? [] : ["-on_error", step.onError]),
    ...(results.length === 0 ? [] : ["-results", results.join(",")]),
    ...(program === undefined ? [] : ["-entrypoint", program]),
    "--",
  ];
  return { args, command: rest };
}

function scriptPath({ uid }: PodHistory, index: number): string {
  return `/tekton/scripts/script-${index}-${digest("md5", `${uid} ${index}`).slice(0, 5)}`;
}
