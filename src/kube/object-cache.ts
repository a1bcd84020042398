import type { Change } from "./informer.ts";
import type { KubeObject, ObjectKey, Stored } from "./object.ts";

type IndexFunctions<T extends KubeObject> = Readonly<
  Record<string, (object: Stored<T>) => string | undefined>
>;

/** Objects by namespace and name, and by whatever indexes are asked for. Answers what each step changed. */
export class ObjectCache<T extends KubeObject> {
  readonly #objects = new Map<string, Stored<T>>();
  readonly #indexes: ReadonlyMap<string, Index<T>>;

  constructor(indexes: IndexFunctions<T>) {
    this.#indexes = new Map(
      Object.entries(indexes).map(([name, valueIn]) => [name, { valueIn, groups: new Map() }]),
    );
  }

  get({ namespace, name }: ObjectKey): Stored<T> | undefined {
    return this.#objects.get(`${namespace}/${name}`);
  }

  by(index: string, value: string): readonly Stored<T>[] {
    return [...(this.#indexes.get(index)?.groups.get(value)?.values() ?? [])];
  }

  list(): readonly Stored<T>[] {
    return [...this.#objects.values()];
  }

  /** There is this object now. One of the same name with another UID must have gone unseen. */
  put(object: Stored<T>): Change<T>[] {
    const key = keyText(object);
    const previous = this.#objects.get(key);
    if (previous?.metadata.resourceVersion === object.metadata.resourceVersion) return [];
    if (previous !== undefined) this.#unindex(key, previous);
    this.#objects.set(key, object);
    this.#index(key, object);
    if (previous === undefined) return [{ type: "added", object }];
    if (previous.metadata.uid === object.metadata.uid) return [{ type: "modified", object, previous }];
    return [
      { type: "deleted", object: previous },
      { type: "added", object },
    ];
  }

  /** It is gone; `object` is the last that was seen of it. */
  remove(object: Stored<T>): Change<T>[] {
    const key = keyText(object);
    const previous = this.#objects.get(key);
    if (previous === undefined) return [];
    this.#unindex(key, previous);
    this.#objects.delete(key);
    return [{ type: "deleted", object }];
  }

  /** These are all there are: what a list says after changes may have been missed. */
  *replace(objects: readonly Stored<T>[]): Generator<Change<T>> {
    const listed = new Set(objects.map(keyText));
    for (const [key, object] of this.#objects) if (!listed.has(key)) yield* this.remove(object);
    for (const object of objects) yield* this.put(object);
  }

  #index(key: string, object: Stored<T>): void {
    for (const { valueIn, groups } of this.#indexes.values()) {
      const value = valueIn(object);
      if (value === undefined) continue;
      const group = groups.get(value) ?? new Map<string, Stored<T>>();
      groups.set(value, group.set(key, object));
    }
  }

  #unindex(key: string, object: Stored<T>): void {
    for (const { valueIn, groups } of this.#indexes.values()) {
      const value = valueIn(object);
      const group = value === undefined ? undefined : groups.get(value);
      if (value === undefined || group === undefined) continue;
      group.delete(key);
      if (group.size === 0) groups.delete(value);
    }
  }
}

interface Index<T extends KubeObject> {
  valueIn: (object: Stored<T>) => string | undefined;
  /** By value, then by key. */
  groups: Map<string, Map<string, Stored<T>>>;
}

function keyText({ metadata }: KubeObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}
