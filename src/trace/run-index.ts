import type { ChildReference, ObjectMeta, PipelineRun } from "../tekton/index.ts";
import type { RunFamily } from "./family.ts";
import { append } from "./groups.ts";
import { createdAt, inferPipelineRun } from "./infer.ts";
import { compareText, keyOf } from "./keys.ts";
import { nameOfMember } from "./subject.ts";

/** The PipelineRuns, found by whatever their children know of them. */
export class RunIndex {
  readonly #families: RunFamily[];
  readonly #byUid = new Map<string, RunFamily>();
  readonly #byName = new Map<string, RunFamily[]>();
  /** Families that name a child of this name; a name alone is enough where a dump has no namespaces. */
  readonly #byChild = new Map<string, { family: RunFamily; reference: ChildReference }>();

  constructor(pipelineRuns: PipelineRun[]) {
    this.#families = pipelineRuns.map((pipelineRun) => ({ pipelineRun, inferred: false, members: [] }));
    for (const family of this.#families) this.#add(family);
  }

  #add(family: RunFamily): void {
    const { meta, children } = family.pipelineRun;
    this.#byUid.set(meta.uid, family);
    append(this.#byName, keyOf(meta.namespace, meta.name), family);
    for (const reference of children) {
      this.#byChild.set(childKey(reference.kind, meta.namespace, reference.name), { family, reference });
      this.#byChild.set(childKey(reference.kind, "", reference.name), { family, reference });
    }
  }

  get all(): readonly RunFamily[] {
    return this.#families;
  }

  ownerOf(child: ObjectMeta): RunFamily | undefined {
    const owner = ownerNamedBy(child);
    const byUid = this.#byUid.get(owner?.uid ?? "");
    if (byUid !== undefined && (!owner?.name || byUid.pipelineRun.meta.name === owner.name)) return byUid;
    const candidate =
      (owner && this.#named(owner.name, child)) ??
      this.#byChild.get(childKey(child.kind, child.namespace, child.name))?.family ??
      this.#ownerByPrefix(child);
    // A run of the same name but of another UID is a later run, not the owner.
    return owner?.uid && candidate?.pipelineRun.meta.hasUid ? undefined : candidate;
  }

  /** TaskRuns of 2019 are named `<run>-<pipelineTask>-<random>`, and dumps of them may hold nothing else. */
  #ownerByPrefix(child: ObjectMeta): RunFamily | undefined {
    const { name, labels } = child;
    const pipelineTask = labels["tekton.dev/pipelineTask"];
    const at = pipelineTask ? name.lastIndexOf(`-${pipelineTask}`) : -1;
    return at > 0 ? this.#named(name.slice(0, at), child) : undefined;
  }

  /** The run of this name; where the name was used again, the last that was there before the child. */
  #named(name: string, { namespace, createdNs }: ObjectMeta): RunFamily | undefined {
    const families = this.#byName.get(keyOf(namespace, name)) ?? [];
    const created = (family: RunFamily) => family.pipelineRun.meta.createdNs ?? 0n;
    const before = families.filter((family) => createdNs === undefined || created(family) <= createdNs);
    const candidates = before.length > 0 ? before : families;
    return candidates.reduce<RunFamily | undefined>(
      (last, family) => (last !== undefined && created(last) >= created(family) ? last : family),
      undefined,
    );
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
    const named = this.#byChild.get(childKey(child.kind, family.pipelineRun.meta.namespace, child.name));
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
        const place = { pipelineTask: pipelineTask || reference.name, displayName };
        const runCreatedAt = createdAt(family.pipelineRun);
        const { namespace } = family.pipelineRun.meta;
        family.members.push({ kind: "unseen", reference, namespace, runCreatedAt, ...place });
      }
    }
  }

  /** Level by level. What is nested too deep for anyone to have meant it stands for itself. */
  parentsFirst(): RunFamily[] {
    const ordered: RunFamily[] = [];
    let level = this.#families.filter((family) => family.parent === undefined).sort(compareRuns);
    for (let depth = 1; level.length > 0; depth++) {
      ordered.push(...level);
      const children = level.flatMap((family) => childrenOf(family));
      if (depth % MAX_NESTING === 0) for (const child of children) standAlone(child);
      level = children.sort(compareRuns);
    }
    return ordered;
  }
}

/** Tekton itself nests pipelines as deep as its authors do, which is two or three. */
const MAX_NESTING = 64;

function childrenOf({ members }: RunFamily): RunFamily[] {
  return members.flatMap((member) => (member.kind === "pipeline" ? [member.family] : []));
}

function standAlone(family: RunFamily): void {
  const { parent } = family;
  if (parent === undefined) return;
  parent.members = parent.members.filter((member) => member.kind !== "pipeline" || member.family !== family);
  family.parent = undefined;
}

/** `Run` is what a CustomRun was called in v1alpha1. */
function childKey(kind: string, namespace: string, name: string): string {
  return `${kind === "Run" ? "CustomRun" : kind} ${keyOf(namespace, name)}`;
}

function compareRuns(a: RunFamily, b: RunFamily): number {
  const [left, right] = [a.pipelineRun.meta, b.pipelineRun.meta];
  return (
    compareText(left.namespace, right.namespace) ||
    compareText(left.name, right.name) ||
    compareText(left.uid, right.uid)
  );
}

/** Farther up than this nobody looks: it is a chain that no cluster has. */
const MAX_LINEAGE = 1000;

function isAncestor(candidate: RunFamily, of: RunFamily): boolean {
  let family: RunFamily | undefined = of;
  for (let depth = 0; family !== undefined; depth++) {
    if (family === candidate || depth > MAX_LINEAGE) return true;
    family = family.parent;
  }
  return false;
}

function ownerNamedBy({ owner, labels }: ObjectMeta): { name: string; uid: string } | undefined {
  if (owner?.kind === "PipelineRun") return owner;
  const name = labels["tekton.dev/pipelineRun"];
  return name ? { name, uid: labels["tekton.dev/pipelineRunUID"] ?? "" } : undefined;
}
