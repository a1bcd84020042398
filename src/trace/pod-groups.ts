import type { Pod, TaskRun } from "../tekton/index.ts";
import type { TaskFamily } from "./family.ts";
import { append } from "./groups.ts";
import { inferTaskRun } from "./infer.ts";
import { compareText, keyOf } from "./keys.ts";

/** Gives each TaskRun its Pods, and infers the TaskRuns whose Pods are all there is. */
export function groupPods(taskRuns: TaskRun[], pods: Pod[]): { tasks: TaskFamily[]; strayPods: number } {
  const tasks: TaskFamily[] = taskRuns.map((taskRun) => ({ taskRun, inferred: false, pods: [] }));
  const taskOf = taskFinder(tasks);
  const orphans = new Map<string, Pod[]>();
  let strayPods = 0;
  for (const pod of pods) {
    const task = taskOf(pod);
    const { uid, name } = taskRunNamedBy(pod);
    if (task !== undefined) task.pods.push(pod);
    else if (name === undefined) strayPods++;
    else append(orphans, uid ?? keyOf(pod.meta.namespace, name), pod);
  }
  for (const group of orphans.values()) {
    group.sort(byCreation);
    tasks.push({ taskRun: inferTaskRun(group), inferred: true, pods: group });
  }
  for (const task of tasks) task.pods.sort(byCreation);
  return { tasks, strayPods };
}

/** Finds a Pod's task by its owner or labels; else by the name the task's status has for it. */
function taskFinder(tasks: readonly TaskFamily[]): (pod: Pod) => TaskFamily | undefined {
  const byUid = new Map<string, TaskFamily>();
  const byName = new Map<string, TaskFamily>();
  const byPodName = new Map<string, TaskFamily>();
  for (const task of tasks) {
    const { meta, attempts } = task.taskRun;
    byUid.set(meta.uid, task);
    byName.set(keyOf(meta.namespace, meta.name), task);
    for (const { podName } of attempts) if (podName) byPodName.set(keyOf(meta.namespace, podName), task);
  }
  return (pod) => {
    const { uid = "", name } = taskRunNamedBy(pod);
    const task = byUid.get(uid);
    if (task !== undefined && (name === undefined || name === task.taskRun.meta.name)) return task;
    const { namespace } = pod.meta;
    const named =
      (name ? byName.get(keyOf(namespace, name)) : undefined) ??
      byPodName.get(keyOf(namespace, pod.meta.name));
    // A TaskRun of the same name but of another UID is a later one, with a Pod of its own.
    return uid !== "" && named?.taskRun.meta.hasUid ? undefined : named;
  };
}

function taskRunNamedBy({ meta: { owner, labels } }: Pod): { uid?: string; name?: string } {
  const byOwner = owner?.kind === "TaskRun" ? owner : undefined;
  return {
    uid: byOwner?.uid ?? labels["tekton.dev/taskRunUID"],
    name: labels["tekton.dev/taskRun"] ?? byOwner?.name,
  };
}

function byCreation(a: Pod, b: Pod): number {
  return Number((a.meta.createdNs ?? 0n) - (b.meta.createdNs ?? 0n)) || compareText(a.meta.name, b.meta.name);
}
