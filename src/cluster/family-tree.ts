/**
 * The objects of the runs that are not over and done with, and who belongs to whom.
 *
 *   PipelineRun ◀─ TaskRun ◀─ Pod ◀─ (name of the Pod) ◀─ Event
 *                     ▲─────────────────────┘ also when the Pod itself is gone
 *
 * Watches of different kinds overtake each other: a Pod can come before its TaskRun. So what is kept is each object's
 * parent, and a family is whatever hangs under a root at the moment it is asked for.
 */
import { type ClusterObjects, type Nanos, noObjects } from "../tekton/index.ts";
import { addTo, asDeleted, type HeldObject, type ListName, parentOf, podNodesOf } from "./held-object.ts";
import { withSeenWaiting } from "./seen-waiting.ts";

/** Events may come before what they are about; of all those that never find it, the last few are kept. */
const MOST_STRAY_EVENTS = 5_000;
/** When one of so many finished is forgotten and listed again, its trace is handed over again, which changes nothing. */
const MOST_FINISHED = 500_000;
/** Nobody nests pipelines so deep; a ring of owners ends here. */
const MOST_ANCESTORS = 100;

export class FamilyTree {
  /** By UID. */
  readonly #held = new Map<string, HeldObject>();
  /** From UID or name of a Pod to the same of what it belongs to; and back. */
  readonly #parents = new Map<string, string>();
  readonly #children = new Map<string, Set<string>>();
  readonly #strayEvents = new Set<string>();
  readonly #finished = new Set<string>();

  /** How many objects are held. */
  get size(): number {
    return this.#held.size;
  }

  /** Takes an object in, as it is now. Answers the root of its family where that makes a difference to it. */
  put(held: HeldObject, seenAtNs: Nanos): string | undefined {
    const { uid, resourceVersion } = held.object.meta;
    const previous = this.#held.get(uid);
    if (this.#isFinished(held)) return undefined;
    if (previous !== undefined && previous.object.meta.resourceVersion === resourceVersion) return undefined;
    this.#keep(withHistory(held, previous, seenAtNs));
    const root = this.rootOf(uid);
    if (held.list !== "events" || this.has(root)) return root;
    this.#keepStray(uid);
    return undefined;
  }

  /** It is gone, and this was the last of it. Answers the root of its family where that makes a difference to it. */
  remove(held: HeldObject, seenAtNs: Nanos): string | undefined {
    const { uid } = held.object.meta;
    if (this.#finished.delete(uid) || held.list === "events" || this.#isFinished(held)) return undefined;
    this.#keep(asDeleted(withHistory(held, this.#held.get(uid), seenAtNs)));
    return this.rootOf(uid);
  }

  /** These are all there are of a kind: whatever else is held of it is gone. Answers the roots it was of. */
  retain(list: ListName, uids: ReadonlySet<string>): string[] {
    if (list === "pods" || list === "events") return [];
    const gone = [...this.#held].filter(
      ([uid, { list: of, object }]) => of === list && !uids.has(uid) && !object.meta.isDeleted,
    );
    for (const [uid, held] of gone) this.#held.set(uid, asDeleted(held));
    return gone.map(([uid]) => this.rootOf(uid));
  }

  /** What is at the top of what this belongs to, as far as it is known. */
  rootOf(uid: string): string {
    let root = uid;
    for (let steps = 0; steps < MOST_ANCESTORS; steps++) {
      const parent = this.#parents.get(root);
      if (parent === undefined) return root;
      root = parent;
    }
    return root;
  }

  /** Whether the object itself was seen, not only what belongs to it. */
  has(uid: string): boolean {
    const held = this.#held.get(uid);
    return held !== undefined && held.list !== "events";
  }

  /** Everything of a family. */
  objectsOf(root: string): ClusterObjects {
    const objects = noObjects();
    for (const node of this.#familyOf(root)) {
      const held = this.#held.get(node);
      if (held !== undefined) addTo(objects, held);
    }
    return objects;
  }

  /** The family is over and done with: forgets it but for who was in it. */
  finish(root: string): void {
    for (const node of this.#familyOf(root)) {
      const isEvent = this.#held.get(node)?.list === "events";
      this.#drop(node);
      if (!isEvent) this.#remember(node);
    }
  }

  #keep(held: HeldObject): void {
    const { uid } = held.object.meta;
    this.#held.set(uid, held);
    const parent = parentOf(held);
    if (parent !== undefined) this.#link(uid, parent);
    for (const node of podNodesOf(held)) this.#link(node, uid);
  }

  #link(child: string, parent: string): void {
    const before = this.#parents.get(child);
    if (before === parent) return;
    this.#unlink(child);
    this.#parents.set(child, parent);
    const siblings = this.#children.get(parent) ?? new Set();
    this.#children.set(parent, siblings.add(child));
  }

  #unlink(child: string): void {
    const parent = this.#parents.get(child);
    if (parent === undefined) return;
    this.#parents.delete(child);
    const siblings = this.#children.get(parent);
    siblings?.delete(child);
    if (siblings?.size === 0) this.#children.delete(parent);
  }

  #drop(node: string): void {
    this.#held.delete(node);
    this.#strayEvents.delete(node);
    this.#unlink(node);
  }

  #keepStray(uid: string): void {
    this.#strayEvents.add(uid);
    if (this.#strayEvents.size <= MOST_STRAY_EVENTS) return;
    for (const oldest of this.#strayEvents) {
      this.#strayEvents.delete(oldest);
      if (this.has(this.rootOf(oldest))) continue;
      this.#drop(oldest);
      return;
    }
  }

  /** A parent is finished together with its children; what still comes of them changes nothing that matters. */
  #isFinished(held: HeldObject): boolean {
    return this.#finished.has(held.object.meta.uid) || this.#finished.has(parentOf(held) ?? "");
  }

  #remember(node: string): void {
    this.#finished.add(node);
    if (this.#finished.size <= MOST_FINISHED) return;
    for (const oldest of this.#finished) {
      this.#finished.delete(oldest);
      return;
    }
  }

  #familyOf(root: string): Set<string> {
    const family = new Set([root]);
    for (const node of family) for (const child of this.#children.get(node) ?? []) family.add(child);
    return family;
  }
}

/** What was seen of a Pod before stays with it. */
function withHistory(held: HeldObject, previous: HeldObject | undefined, seenAtNs: Nanos): HeldObject {
  if (held.list !== "pods") return held;
  const before = previous?.list === "pods" ? previous.object : undefined;
  return { list: "pods", object: withSeenWaiting(held.object, before, seenAtNs) };
}
