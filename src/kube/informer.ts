import type { KubeApi } from "./api.ts";
import type { Kind } from "./kinds.ts";
import type { KubeObject, ObjectKey, Stored } from "./object.ts";

/** A local, always slightly old copy of everything of one kind, kept current by list and watch. */
export interface Informer<T extends KubeObject> {
  get(key: ObjectKey): Stored<T> | undefined;
  /** Everything for which the index gives this value. */
  by(index: string, value: string): readonly Stored<T>[];
  list(): readonly Stored<T>[];
  /** Calls back for what is there already (as `added`), then for every change, until the answered function is called. */
  onChange(listener: (change: Change<T>) => void): () => void;
  /** Settles once the first list is in. */
  readonly ready: Promise<void>;
  /** A second call does nothing. */
  stop(): void;
}

export type Change<T extends KubeObject> =
  | { type: "added"; object: Stored<T> }
  | { type: "modified"; object: Stored<T>; previous: Stored<T> }
  | { type: "deleted"; object: Stored<T> };

export interface InformerOptions<T extends KubeObject> {
  api: KubeApi;
  kind: Kind<T>;
  namespace?: string;
  labelSelector?: string;
  /** Which value an object has in the index of this name; undefined leaves it out. */
  indexes?: Readonly<Record<string, (object: Stored<T>) => string | undefined>>;
  /** What went wrong and is tried again; for a log. */
  onTrouble?: (fault: unknown) => void;
}
