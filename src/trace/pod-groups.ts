import type { Pod, TaskRun } from "../tekton/index.ts";
import type { TaskFamily } from "./family.ts";
import { inferTaskRun } from "./infer.ts";
import { compareText, keyOf } from "./latest.ts";

/** Gives each TaskRun its Pods, and infers the TaskRuns whose Pods are all there is. */
export function groupPods(taskRuns: TaskRun[], pods: Pod[]): { tasks: TaskFamily[]; strayPods: number } {
  const tasks: TaskFamily[] = taskRuns.map((taskRun) => ({ taskRun, inferred: false, pods: [] }));
  const byUid = new Map(tasks.map((task) => [task.taskRun.meta.uid, task]));
  const byName = new Map(
    tasks.map((task) => [keyOf(task.taskRun.meta.namespace, task.taskRun.meta.name), task]),
  );
  const byPodName = new Map<string, TaskFamily>();
  for (const task of tasks) {
    for (const { podName } of task.taskRun.attempts) {
      if (podName) byPodName.set(keyOf(task.taskRun.meta.namespace, podName), task);
    }
  }
  const orphans = new Map<string, Pod[]>();
  let strayPods = 0;
  for (const pod of pods) {
    const { meta } = pod;
    const uid = meta.owner?.kind === "TaskRun" ? meta.owner.uid : meta.labels["tekton.dev/taskRunUID"];
    const name =
      meta.labels["tekton.dev/taskRun"] ?? (meta.owner?.kind === "TaskRun" ? meta.owner.name : undefined);
    const known = byUid.get(uid ?? "");
    const task =
      (known !== undefined && (name === undefined || known.taskRun.meta.name === name) ? known : undefined) ??
      (name ? byName.get(keyOf(meta.namespace, name)) : undefined) ??
      byPodName.get(keyOf(meta.namespace, meta.name));
    if (task !== undefined) task.pods.push(pod);
    else if (name === undefined) strayPods++;
    else orphans.set(keyOf(meta.namespace, name), [...(orphans.get(keyOf(meta.namespace, name)) ?? []), pod]);
  }
  for (const group of orphans.values()) {
    const ordered = group.sort(byCreation);
    tasks.push({ taskRun: inferTaskRun(ordered), inferred: true, pods: ordered });
  }
  for (const task of tasks) task.pods.sort(byCreation);
  return { tasks, strayPods };
}

function byCreation(a: Pod, b: Pod): number {
  return Number((a.meta.createdNs ?? 0n) - (b.meta.createdNs ?? 0n)) || compareText(a.meta.name, b.meta.name);
}
