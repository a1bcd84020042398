export {
  ApiError,
  type DeleteOptions,
  isApiError,
  type KubeApi,
  type ListOptions,
  type ObjectList,
  type Selectors,
  type WatchEvent,
  type WatchOptions,
} from "./api.ts";
export * from "./core.ts";
export type { Change, Informer, InformerOptions } from "./informer.ts";
export { apiVersionOf, type Kind } from "./kinds.ts";
export {
  type Condition,
  type KubeObject,
  keyOf,
  type Metadata,
  type ObjectKey,
  type OwnerReference,
  type Stored,
} from "./object.ts";
export type { Outcome, WorkQueue, WorkQueueOptions } from "./work-queue.ts";
