/**
 * Who belongs to whom: objects in, families out.
 *
 *   PipelineRun ─┬─ TaskRun ──── Pod (one for each attempt) ── Events
 *                ├─ TaskRun …
 *                ├─ CustomRun
 *                └─ PipelineRun (pipelines in pipelines)
 *
 * On a cluster owner references say it all. Dumps are trimmed, so labels, child references, pod names and, last,
 * the names themselves stand in. An object that others speak of but that is not in the input is inferred
 * from what they say, and marked so.
 */
import type {
  ChildReference,
  ClusterObjects,
  CustomRun,
  ObjectMeta,
  PipelineRun,
  Pod,
  TaskRun,
} from "../tekton/index.ts";
import { EventIndex } from "./event-index.ts";
import { append } from "./groups.ts";
import { embeddedCustomRun, embeddedTaskRun } from "./infer.ts";
import { nameOf } from "./keys.ts";
import { latestOfEach } from "./latest.ts";
import { groupPods } from "./pod-groups.ts";
import { RunIndex } from "./run-index.ts";

export interface RunFamily {
  pipelineRun: PipelineRun;
  /** The PipelineRun itself was not in the input. */
  inferred: boolean;
  members: Member[];
  /** The family this one is a child of. */
  parent?: RunFamily;
}

/** A task of a PipelineRun, one for each TaskRun of a matrix. */
export type Member = { pipelineTask: string; displayName?: string } & (
  | { kind: "task"; task: TaskFamily }
  | { kind: "custom"; customRun: CustomRun }
  | { kind: "pipeline"; family: RunFamily }
  /** Named by the PipelineRun, but not in the input. */
  | { kind: "unseen"; reference: ChildReference; namespace: string; runCreatedAt: string }
);

export interface TaskFamily {
  taskRun: TaskRun;
  /** The TaskRun itself was not in the input. */
  inferred: boolean;
  /** In order of creation. */
  pods: Pod[];
}

export interface Families {
  /** Every PipelineRun, parents before children. */
  runs: RunFamily[];
  /** TaskRuns that belong to no PipelineRun. */
  tasks: TaskFamily[];
  /** Pods that run no task. */
  strayPods: number;
  events: EventIndex;
  doubts: string[];
}

export function assembleFamilies(objects: ClusterObjects): Families {
  const doubts: string[] = [];
  const runs = new RunIndex(latestOfEach(objects.pipelineRuns, doubts));
  const taskRuns = latestOfEach(objects.taskRuns, doubts);
  const { tasks, strayPods } = groupPods(withEmbedded(taskRuns, runs), latestOfEach(objects.pods, doubts));
  const alone: TaskFamily[] = [];
  for (const task of tasks) {
    const family = runs.ownerOf(task.taskRun.meta) ?? runs.inferOwner(task.taskRun.meta);
    if (family === undefined) alone.push(task);
    else family.members.push({ kind: "task", task, ...runs.placeOf(family, task.taskRun.meta) });
  }
  for (const customRun of withEmbeddedCustomRuns(latestOfEach(objects.customRuns, doubts), runs)) {
    const family = runs.ownerOf(customRun.meta) ?? runs.inferOwner(customRun.meta);
    if (family === undefined) doubts.push(`${nameOf(customRun.meta)} belongs to no PipelineRun: left out`);
    else family.members.push({ kind: "custom", customRun, ...runs.placeOf(family, customRun.meta) });
  }
  runs.nest(doubts);
  runs.addUnseen();
  return {
    runs: runs.parentsFirst(),
    tasks: alone,
    strayPods,
    events: new EventIndex(objects.events),
    doubts,
  };
}

/** Adds the TaskRuns that are only embedded in a PipelineRun's status, as v1beta1 did. */
function withEmbedded(taskRuns: TaskRun[], runs: RunIndex): TaskRun[] {
  return [
    ...taskRuns,
    ...embeddedIn(runs, "TaskRun", taskRuns).map(([run, reference]) => embeddedTaskRun(run, reference)),
  ];
}

function withEmbeddedCustomRuns(customRuns: CustomRun[], runs: RunIndex): CustomRun[] {
  const embedded = embeddedIn(runs, "CustomRun", customRuns);
  return [...customRuns, ...embedded.map(([run, reference]) => embeddedCustomRun(run, reference))];
}

/** Children whose status is embedded in their run's, and that are not in the input themselves. */
function embeddedIn(
  runs: RunIndex,
  kind: string,
  seen: readonly { meta: ObjectMeta }[],
): [PipelineRun, ChildReference][] {
  const byName = new Map<string, ObjectMeta[]>();
  for (const { meta } of seen) append(byName, meta.name, meta);
  const isSeen = ({ meta }: PipelineRun, name: string) =>
    (byName.get(name) ?? []).some(
      (child) =>
        (child.namespace === meta.namespace || child.namespace === "") &&
        (!child.owner?.uid || !meta.hasUid || child.owner.uid === meta.uid),
    );
  return runs.all.flatMap(({ pipelineRun }) =>
    pipelineRun.children
      .filter(
        (child) => child.kind === kind && child.attempts !== undefined && !isSeen(pipelineRun, child.name),
      )
      .map((child): [PipelineRun, ChildReference] => [pipelineRun, child]),
  );
}
