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
import {
  type ChildReference,
  type ClusterObjects,
  type CustomRun,
  describeObject,
  type KubernetesEvent,
  type ObjectMeta,
  type PipelineRun,
  type Pod,
  type TaskRun,
} from "../tekton/index.ts";
import { inferPipelineRun, inferTaskRun } from "./infer.ts";
import { compareText, latestOfEach } from "./latest.ts";

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
  | { kind: "unseen"; reference: ChildReference }
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
  for (const customRun of latestOfEach(objects.customRuns, doubts)) {
    const family = runs.ownerOf(customRun.meta) ?? runs.inferOwner(customRun.meta);
    family?.members.push({ kind: "custom", customRun, ...runs.placeOf(family, customRun.meta) });
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

/** The PipelineRuns, found by whatever their children know of them. */
class RunIndex {
  readonly #families: RunFamily[];
  readonly #byUid = new Map<string, RunFamily>();
  readonly #byName = new Map<string, RunFamily>();
  /** Families that name a child of this name; a name alone is enough where a dump has no namespaces. */
  readonly #byChild = new Map<string, { family: RunFamily; reference: ChildReference }>();

  constructor(pipelineRuns: PipelineRun[]) {
    this.#families = pipelineRuns.map((pipelineRun) => ({ pipelineRun, inferred: false, members: [] }));
    for (const family of this.#families) this.#add(family);
  }

  #add(family: RunFamily): void {
    const { meta, children } = family.pipelineRun;
    this.#byUid.set(meta.uid, family);
    this.#byName.set(keyOf(meta.namespace, meta.name), family);
    for (const reference of children) {
      this.#byChild.set(keyOf(meta.namespace, reference.name), { family, reference });
      this.#byChild.set(keyOf("", reference.name), { family, reference });
    }
  }

  get all(): readonly RunFamily[] {
    return this.#families;
  }

  ownerOf(child: ObjectMeta): RunFamily | undefined {
    const owner = ownerNamedBy(child);
    if (owner?.uid && this.#byUid.has(owner.uid)) return this.#byUid.get(owner.uid);
    const candidate =
      (owner && this.#byName.get(keyOf(child.namespace, owner.name))) ??
      this.#byChild.get(keyOf(child.namespace, child.name))?.family ??
      this.#ownerByPrefix(child);
    // A run of the same name but of another UID is a later run, not the owner.
    return owner?.uid && candidate?.pipelineRun.meta.hasUid ? undefined : candidate;
  }

  /** TaskRuns of 2019 are named `<run>-<pipelineTask>-<random>`, and dumps of them may hold nothing else. */
  #ownerByPrefix({ namespace, name, labels }: ObjectMeta): RunFamily | undefined {
    const pipelineTask = labels["tekton.dev/pipelineTask"];
    const at = pipelineTask ? name.lastIndexOf(`-${pipelineTask}`) : -1;
    return at > 0 ? this.#byName.get(keyOf(namespace, name.slice(0, at))) : undefined;
  }

  inferOwner(child: ObjectMeta): RunFamily | undefined {
    const owner = ownerNamedBy(child);
    if (owner === undefined) return undefined;
    const family: RunFamily = { pipelineRun: inferPipelineRun(owner, child), inferred: true, members: [] };
    this.#families.push(family);
    this.#add(family);
    return family;
  }

  /** Which task of the pipeline a child is. */
  placeOf(family: RunFamily, child: ObjectMeta): { pipelineTask: string; displayName?: string } {
    const named = this.#byChild.get(keyOf(family.pipelineRun.meta.namespace, child.name));
    const reference = named?.family === family ? named.reference : undefined;
    const pipelineTask = child.labels["tekton.dev/pipelineTask"] || reference?.pipelineTask || child.name;
    return { pipelineTask, displayName: reference?.displayName };
  }

  /** Hangs child PipelineRuns under their parents; a ring of owners is cut where it is first entered. */
  nest(doubts: string[]): void {
    for (const family of this.#families) {
      const { meta } = family.pipelineRun;
      const parent = this.ownerOf(meta);
      if (parent === undefined) continue;
      if (isAncestor(family, parent)) {
        doubts.push(`PipelineRun ${meta.name} is owned by itself through ${parent.pipelineRun.meta.name}`);
        continue;
      }
      family.parent = parent;
      parent.members.push({ kind: "pipeline", family, ...this.placeOf(parent, meta) });
    }
  }

  addUnseen(): void {
    for (const family of this.#families) {
      const seen = new Set(family.members.map(nameOfMember));
      for (const reference of family.pipelineRun.children) {
        if (seen.has(reference.name)) continue;
        const { pipelineTask, displayName } = reference;
        family.members.push({
          kind: "unseen",
          reference,
          pipelineTask: pipelineTask || reference.name,
          displayName,
        });
      }
    }
  }

  parentsFirst(): RunFamily[] {
    const depth = (family: RunFamily): number => (family.parent === undefined ? 0 : depth(family.parent) + 1);
    return this.#families
      .map((family) => ({ family, depth: depth(family) }))
      .sort((a, b) => a.depth - b.depth || compareRuns(a.family, b.family))
      .map(({ family }) => family);
  }
}

function compareRuns(a: RunFamily, b: RunFamily): number {
  const [left, right] = [a.pipelineRun.meta, b.pipelineRun.meta];
  return (
    compareText(left.namespace, right.namespace) ||
    compareText(left.name, right.name) ||
    compareText(left.uid, right.uid)
  );
}

function isAncestor(candidate: RunFamily, of: RunFamily): boolean {
  for (let family: RunFamily | undefined = of; family !== undefined; family = family.parent) {
    if (family === candidate) return true;
  }
  return false;
}

function ownerNamedBy({ owner, labels }: ObjectMeta): { name: string; uid: string } | undefined {
  if (owner?.kind === "PipelineRun") return owner;
  const name = labels["tekton.dev/pipelineRun"];
  return name ? { name, uid: labels["tekton.dev/pipelineRunUID"] ?? "" } : undefined;
}

function nameOfMember(member: Member): string {
  if (member.kind === "task") return member.task.taskRun.meta.name;
  if (member.kind === "custom") return member.customRun.meta.name;
  return member.kind === "pipeline" ? member.family.pipelineRun.meta.name : member.reference.name;
}

/** Adds the TaskRuns that are only embedded in a PipelineRun's status, as v1beta1 did. */
function withEmbedded(taskRuns: TaskRun[], runs: RunIndex): TaskRun[] {
  const known = new Set(taskRuns.flatMap(({ meta }) => [keyOf(meta.namespace, meta.name)]));
  const embedded = runs.all.flatMap(({ pipelineRun }) =>
    pipelineRun.children
      .filter(({ kind, attempts }) => kind === "TaskRun" && attempts !== undefined)
      .filter(
        ({ name }) => !known.has(keyOf(pipelineRun.meta.namespace, name)) && !known.has(keyOf("", name)),
      )
      .map((reference) => embeddedTaskRun(pipelineRun, reference)),
  );
  return [...taskRuns, ...embedded];
}

function embeddedTaskRun(
  { meta }: PipelineRun,
  { name, pipelineTask, attempts = [] }: ChildReference,
): TaskRun {
  return {
    meta: describeObject({
      kind: "TaskRun",
      apiVersion: meta.apiVersion,
      namespace: meta.namespace,
      name,
      labels: { "tekton.dev/pipelineTask": pipelineTask },
      annotations: {},
      owner: { kind: "PipelineRun", name: meta.name, uid: meta.hasUid ? meta.uid : "" },
      doubts: [],
    }),
    statusMessage: "",
    params: {},
    attempts,
    spanContext: undefined,
  };
}

/** Gives each TaskRun its Pods, and infers the TaskRuns whose Pods are all there is. */
function groupPods(taskRuns: TaskRun[], pods: Pod[]): { tasks: TaskFamily[]; strayPods: number } {
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
    const task =
      byUid.get(uid ?? "") ??
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

/** Events by what they are about. */
export class EventIndex {
  readonly #byUid = new Map<string, KubernetesEvent[]>();
  readonly #byName = new Map<string, KubernetesEvent[]>();

  constructor(events: readonly KubernetesEvent[]) {
    const ordered = [...latestOfEach(events, [])].sort(
      (a, b) => Number((a.firstNs ?? 0n) - (b.firstNs ?? 0n)) || compareText(a.meta.name, b.meta.name),
    );
    for (const event of ordered) {
      const { kind, namespace, name, uid } = event.regarding;
      if (uid) append(this.#byUid, uid, event);
      else append(this.#byName, `${kind} ${keyOf(namespace, name)}`, event);
    }
  }

  about({ kind, namespace, name, uid }: ObjectMeta): readonly KubernetesEvent[] {
    return this.#byUid.get(uid) ?? this.#byName.get(`${kind} ${keyOf(namespace, name)}`) ?? [];
  }
}

function append<T>(map: Map<string, T[]>, key: string, value: T): void {
  const values = map.get(key);
  if (values === undefined) map.set(key, [value]);
  else values.push(value);
}

function keyOf(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}
