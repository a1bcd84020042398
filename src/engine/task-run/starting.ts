/** The beginning of an attempt: the Task is settled, and the Pod made. */
import type { Pod } from "../../kube/index.ts";
import { joinReplacements, paramReplacements, substituteWorkspaceBindings } from "../spec/index.ts";
import { traced } from "../tracing/index.ts";
import type { TaskSpec, WorkspaceBinding } from "../types/index.ts";
import { applying } from "./applying.ts";
import { claiming } from "./claims.ts";
import { metadataToBe, TASK_LABEL } from "./metadata.ts";
import { retriesSoFar, type TaskRunPass } from "./pass.ts";
import { taskPod } from "./pod/task-pod.ts";
import { type BoundWorkspace, bindWorkspaces } from "./pod/workspaces.ts";
import { type CreatedPod, podding, podKey } from "./pods.ts";
import { paramsOf, preparing } from "./preparing.ts";
import { timeoutMillis } from "./timeout.ts";
import type { ResolvedTask } from "./validating.ts";
import { contextVariables, taskOfAttempt } from "./variables.ts";

export const starting = traced({
  /** Makes the Pod of the attempt. What the first attempt settled holds for all. */
  async startAttempt(pass: TaskRunPass): Promise<CreatedPod> {
    const prepared = await taskOf(pass);
    if (prepared.kind === "failed") return prepared;
    const { task } = prepared;
    const claimed = await claiming.createVolumeClaims(pass, bindingsOf(pass, task));
    if (claimed.kind === "failed") return claimed;
    const { metadata } = pass.object;
    const declared = task.spec.workspaces ?? [];
    const workspaces = bindWorkspaces({ declared, bindings: claimed.bindings, uid: metadata.uid });
    const settled = pass.draft.status.taskSpec ?? settle(pass, task, workspaces);
    const created = await podding.createPod(pass, podFor(pass, settled, workspaces));
    if (created.kind === "there") rememberTask(pass, settled);
    return created;
  },
});

/** Only with a Pod: it holds what else the pass settled. The steps in the status are those of the attempt before. */
export function rememberTask({ draft }: TaskRunPass, taskSpec: TaskSpec): void {
  const { steps: _, sidecars: __, ...status } = draft.status;
  draft.status = { ...status, taskSpec };
}

async function taskOf(pass: TaskRunPass): ReturnType<typeof preparing.prepare> {
  const settled = pass.draft.status.taskSpec;
  if (settled === undefined) return preparing.prepare(pass);
  const { metadata, spec } = pass.object;
  const label = spec.taskRef === undefined ? undefined : metadata.labels?.[TASK_LABEL];
  return { kind: "ready", task: { name: label ?? metadata.name, spec: settled } };
}

function bindingsOf(pass: TaskRunPass, { name, spec }: ResolvedTask): WorkspaceBinding[] {
  const variables = joinReplacements(
    paramReplacements(paramsOf(pass, spec).values),
    contextVariables(pass.object, name),
  );
  return substituteWorkspaceBindings(pass.object.spec.workspaces ?? [], variables);
}

function settle(pass: TaskRunPass, task: ResolvedTask, workspaces: readonly BoundWorkspace[]): TaskSpec {
  const params = paramsOf(pass, task.spec).values;
  return applying.applyParamsContextsResultsAndWorkspaces(pass, {
    task: task.spec,
    taskName: task.name,
    params,
    workspaces,
  });
}

function podFor(pass: TaskRunPass, settled: TaskSpec, workspaces: readonly BoundWorkspace[]): Pod {
  const { engine, object, context } = pass;
  const { serviceAccountName, managedByLabel, otlpEndpoint } = engine.config;
  const retries = retriesSoFar(pass);
  return taskPod({
    taskRun: object,
    ...metadataToBe(pass),
    task: taskOfAttempt(settled, retries),
    workspaces,
    podName: podKey(pass).name,
    attempt: retries + 1,
    context,
    serviceAccountName: object.spec.serviceAccountName ?? serviceAccountName,
    managedBy: managedByLabel,
    otlpEndpoint,
    timeoutMillis: timeoutMillis(pass),
  });
}
