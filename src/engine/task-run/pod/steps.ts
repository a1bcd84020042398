import type { Container, VolumeMount } from "../../../kube/index.ts";
import type { Step } from "../../types/index.ts";
import { ENTRYPOINT, stepContainer, stepName, TERMINATION_FILE, WORKSPACE_DIRECTORY } from "./contract.ts";
import { entrypointArgs } from "./entrypoint-args.ts";
import { joinEnvironments, stepEnvironment } from "./environment.ts";
import type { PodPlan } from "./plan.ts";
import { joinMounts, stepMounts } from "./volumes.ts";
import { workspaceMounts } from "./workspaces.ts";

/** A step as a container: the entrypoint, which runs the step's program when its turn has come. */
export function containerOfStep(given: Step, index: number, plan: PodPlan): Container {
  const step: Step & Partial<Container> = given;
  const script = plan.stepScripts.get(index);
  const command = script === undefined ? step.command : [script.path];
  const args = entrypointArgs({
    step,
    index,
    task: plan.task,
    command: command ?? [],
    args: step.args ?? [],
  });
  return {
    ...withoutStepFields(step),
    name: stepContainer(step, index),
    command: [ENTRYPOINT],
    args,
    ...(step.workingDir ? { workingDir: absolute(step.workingDir) } : {}),
    env: environmentOf(step, index, plan),
    volumeMounts: mountsOf(step, index, plan),
    terminationMessagePath: TERMINATION_FILE,
  };
}

/** What of a step a container has as well. */
function withoutStepFields(step: Step): Container {
  const { script, timeout, onError, when, ref, params, results, workspaces, ...rest } = step;
  const { stdoutConfig, stderrConfig, computeResources, ...container } = rest;
  const resources = computeResources === undefined ? {} : { resources: computeResources };
  return { ...container, ...resources } as unknown as Container;
}

function absolute(directory: string): string {
  return directory.startsWith("/") ? directory : `${WORKSPACE_DIRECTORY}/${directory}`;
}

/** What the Pod's template says wins over the step, and both over what every step gets. */
function environmentOf(step: Partial<Container>, index: number, plan: PodPlan): Container["env"] {
  const given = stepEnvironment({
    ...plan,
    step: stepName(step, index),
    container: stepContainer(step, index),
  });
  return joinEnvironments(given, step.env ?? [], plan.taskRun.spec.podTemplate?.env ?? []);
}

function mountsOf(step: Step & Partial<Container>, index: number, plan: PodPlan): VolumeMount[] {
  const ofWorkspaces = workspaceMounts(plan.workspaces, { task: plan.task, usages: step.workspaces });
  return joinMounts(joinMounts(stepMounts(index, plan.shape), ofWorkspaces), step.volumeMounts ?? []);
}
