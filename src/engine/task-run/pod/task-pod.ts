/** The Pod that runs a TaskRun, of the shape that Tekton gives it (docs/container-contract.md). */
import type { Container, Pod, Volume } from "../../../kube/index.ts";
import { ownerReferenceTo } from "../../ownership.ts";
import { mergeStepTemplate } from "../../spec/index.ts";
import { ENTRYPOINT, ENTRYPOINT_IMAGE, WORKSPACE_DIRECTORY } from "./contract.ts";
import type { PodOrder, PodPlan } from "./plan.ts";
import { placeScripts, scriptsOf } from "./scripts.ts";
import { containerOfSidecar } from "./sidecars.ts";
import { containerOfStep } from "./steps.ts";
import { INIT_MOUNTS, internalVolumes } from "./volumes.ts";

/** The Pod of one attempt. The same each time it is asked for. */
export function taskPod(order: PodOrder): Pod {
  const { taskRun, annotations, podName, serviceAccountName } = order;
  const plan = planOf(order);
  const { metadata } = taskRun;
  const { env: _, volumes: __, ...template } = taskRun.spec.podTemplate ?? {};
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: podName,
      ...(metadata.namespace !== undefined && { namespace: metadata.namespace }),
      labels: labelsOf(order),
      annotations,
      ownerReferences: [ownerReferenceTo(taskRun)],
    },
    spec: {
      ...template,
      restartPolicy: "Never",
      serviceAccountName,
      activeDeadlineSeconds: deadlineOf(order.timeoutMillis),
      initContainers: initContainers(plan),
      containers: containersOf(plan),
      volumes: volumesOf(plan),
    },
  };
}

function planOf(order: PodOrder): PodPlan {
  const task = mergeStepTemplate(order.task);
  const scripts = scriptsOf(task, order.podName);
  const shape = {
    stepCount: task.steps.length,
    hasScripts: scripts.steps.size + scripts.sidecars.size > 0,
    hasSidecars: (task.sidecars ?? []).length > 0,
  };
  return { ...order, task, shape, stepScripts: scripts.steps, sidecarScripts: scripts.sidecars };
}

function labelsOf({ labels, taskRun, managedBy }: PodOrder): Record<string, string> {
  return {
    "app.kubernetes.io/managed-by": managedBy,
    ...labels,
    "tekton.dev/taskRun": taskRun.metadata.name,
    "tekton.dev/taskRunUID": taskRun.metadata.uid,
  };
}

/** The largest that Kubernetes takes. */
const NO_DEADLINE_SECONDS = 2 ** 31 - 1;
/** The reconciler ends the TaskRun first; this is for when there is none. */
const DEADLINE_FACTOR = 1.5;

function deadlineOf(timeoutMillis: number): number {
  if (timeoutMillis === 0) return NO_DEADLINE_SECONDS;
  return Math.min(NO_DEADLINE_SECONDS, Math.max(1, Math.ceil((timeoutMillis / 1000) * DEADLINE_FACTOR)));
}

function initContainers(plan: PodPlan): Container[] {
  const scripts = [...plan.stepScripts.values(), ...plan.sidecarScripts.values()];
  const directories = workingDirectories(plan);
  const prepare = {
    name: "prepare",
    image: ENTRYPOINT_IMAGE,
    command: [ENTRYPOINT, "init"],
    volumeMounts: INIT_MOUNTS.prepare,
  };
  return [
    prepare,
    ...(scripts.length > 0 ? [placeScripts(scripts)] : []),
    ...(directories.length > 0 ? [makeDirectories(directories)] : []),
  ];
}

function containersOf(plan: PodPlan): Container[] {
  const { steps, sidecars = [] } = plan.task;
  return [
    ...steps.map((step, index) => containerOfStep(step, index, plan)),
    ...sidecars.map((sidecar, index) => containerOfSidecar(sidecar, index, plan)),
  ];
}

/** Those below the workspace directory; any other is the image's. */
function workingDirectories(plan: PodPlan): string[] {
  const directories = containersOf(plan).flatMap(({ workingDir }) =>
    workingDir?.startsWith(`${WORKSPACE_DIRECTORY}/`) ? [workingDir] : [],
  );
  return [...new Set(directories)].sort();
}

function makeDirectories(directories: readonly string[]): Container {
  return {
    name: "working-dir-initializer",
    image: ENTRYPOINT_IMAGE,
    command: [ENTRYPOINT, "workdirs"],
    args: directories,
    workingDir: WORKSPACE_DIRECTORY,
    volumeMounts: INIT_MOUNTS.workingDirectories,
  };
}

/** A volume may be named by the Task and the Pod's template, or bound twice: it is in the Pod once. */
function volumesOf({ shape, task, workspaces, taskRun }: PodPlan): Volume[] {
  const all = [
    ...internalVolumes(shape),
    ...workspaces.map(({ volume }) => volume),
    ...(task.volumes ?? []),
    ...((taskRun.spec.podTemplate?.volumes ?? []) as readonly Volume[]),
  ];
  return [...new Map(all.map((volume) => [volume.name, volume])).values()];
}
