/** The Kubernetes API as its clients know it. Over HTTP, or within the process: both keep the same contract. */
import type { Kind } from "./kinds.ts";
import type { KubeObject, ObjectKey, Stored } from "./object.ts";

/**
 * What a Kubernetes API does, as far as controllers need it (Kubernetes API concepts).
 *
 * - What it answers is shared and frozen: never change it in place.
 * - Every failure is an {@link ApiError} with the HTTP status the API server gave; a server that cannot be reached gives
 *   status 0.
 * - `update` and `updateStatus` with the `resourceVersion` of an object that has changed since fail with 409; without one they
 *   win. `updateStatus` changes nothing but `status`, `update` nothing of `status`.
 * - Lists are consistent, and watching from the `resourceVersion` of a list misses nothing and repeats nothing.
 */
export interface KubeApi {
  get<T extends KubeObject>(kind: Kind<T>, key: ObjectKey): Promise<Stored<T>>;
  list<T extends KubeObject>(kind: Kind<T>, options?: ListOptions): Promise<ObjectList<T>>;
  watch<T extends KubeObject>(kind: Kind<T>, options: WatchOptions): AsyncIterable<WatchEvent<T>>;
  create<T extends KubeObject>(kind: Kind<T>, object: T): Promise<Stored<T>>;
  update<T extends KubeObject>(kind: Kind<T>, object: T): Promise<Stored<T>>;
  updateStatus<T extends KubeObject>(kind: Kind<T>, object: T): Promise<Stored<T>>;
  /** JSON merge patch (RFC 7386) of everything but the status, or with `subresource` of the status alone. */
  patch<T extends KubeObject>(
    kind: Kind<T>,
    key: ObjectKey,
    patch: object,
    options?: { subresource?: "status" },
  ): Promise<Stored<T>>;
  /** What it owns goes with it. Deleting what is not there fails with 404. */
  delete(kind: Kind, key: ObjectKey, options?: DeleteOptions): Promise<void>;
}

export interface Selectors {
  /** All namespaces without it. */
  namespace?: string;
  /** Equality and set forms, e.g. `tekton.dev/pipelineRun=demo,tier in (a,b)`. */
  labelSelector?: string;
  /** `metadata.name`, `metadata.namespace`, and what the kind offers besides. */
  fieldSelector?: string;
}

export interface ListOptions extends Selectors {
  /** Page size. */
  limit?: number;
  /** From the page before. */
  continue?: string;
}

export interface ObjectList<T extends KubeObject> {
  items: readonly Stored<T>[];
  resourceVersion: string;
  /** There is more: pass it on. */
  continue?: string;
}

export interface WatchOptions extends Selectors {
  /** Starts after it; "0" or none starts with an `ADDED` for everything there is. */
  resourceVersion?: string;
  /** The server ends the watch after so long. */
  timeoutSeconds?: number;
  signal?: AbortSignal;
}

/** The iteration ends when the server ends the watch, and throws an {@link ApiError} (410: list again) when it cannot go on. */
export type WatchEvent<T extends KubeObject> =
  | { type: "ADDED" | "MODIFIED" | "DELETED"; object: Stored<T> }
  | { type: "BOOKMARK"; resourceVersion: string };

export interface DeleteOptions {
  /** Refused with 409 when it is another one by now. */
  uid?: string;
  gracePeriodSeconds?: number;
}

/** The API said no, or nothing. `status` is the HTTP status, `reason` Kubernetes' machine-readable one (meta/v1 Status). */
export class ApiError extends Error {
  readonly status: number;
  readonly reason: string;

  constructor(
    { status, reason, message }: { status: number; reason: string; message: string },
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = "ApiError";
    this.status = status;
    this.reason = reason;
  }
}

/** Whether this is the API's answer with this status. */
export function isApiError(fault: unknown, status: number): fault is ApiError {
  return fault instanceof ApiError && fault.status === status;
}
