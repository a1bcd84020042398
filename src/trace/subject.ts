import { standInUid } from "../context/index.ts";
import type { Result as TaskResult } from "../tekton/index.ts";
import type { Member } from "./family.ts";

/** The object behind a task: what its span is named after and its ids are derived from. */
export interface TaskSubject {
  type: "taskrun" | "customrun";
  name: string;
  uid: string;
  /** Name of the Task it runs; absent for an inline one. */
  taskName?: string;
  /** The object is not in the input. */
  inferred: boolean;
  results: readonly TaskResult[];
}

/** `undefined` for a pipeline in a pipeline, which is a run and no task. */
export function subjectOf(member: Member): TaskSubject | undefined {
  if (member.kind === "pipeline") return undefined;
  if (member.kind === "task") {
    const { meta, taskName, attempts } = member.task.taskRun;
    return {
      type: "taskrun",
      name: meta.name,
      uid: meta.uid,
      taskName: taskName ?? meta.labels["tekton.dev/task"],
      inferred: member.task.inferred,
      results: attempts.at(-1)?.results ?? [],
    };
  }
  if (member.kind === "custom") {
    const { meta, results } = member.customRun;
    return { type: "customrun", name: meta.name, uid: meta.uid, inferred: false, results };
  }
  const { kind, name } = member.reference;
  const uid = standInUid({ kind, namespace: member.namespace, name, creationTimestamp: member.runCreatedAt });
  return {
    type: kind === "CustomRun" || kind === "Run" ? "customrun" : "taskrun",
    name,
    uid,
    inferred: true,
    results: [],
  };
}

/** Name of the object behind a task, of whatever kind. */
export function nameOfMember(member: Member): string {
  if (member.kind === "task") return member.task.taskRun.meta.name;
  if (member.kind === "custom") return member.customRun.meta.name;
  return member.kind === "pipeline" ? member.family.pipelineRun.meta.name : member.reference.name;
}
