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
export { type BackOff, startBackOff } from "./back-off.ts";
export * from "./core.ts";
export { connectKubeApi, type KubeAccess, type Patience } from "./http/index.ts";
export { type Change, type Informer, type InformerOptions, startInformer } from "./informer.ts";
export { apiVersionOf, type Kind } from "./kinds.ts";
export { type KubeconfigOptions, readKubeconfig } from "./kubeconfig/index.ts";
export {
  type Condition,
  type KubeObject,
  keyOf,
  type Metadata,
  type ObjectKey,
  type OwnerReference,
  type Stored,
} from "./object.ts";
export { type Reflection, reflect } from "./reflect.ts";
export {
  type Outcome,
  type Share,
  startWorkQueue,
  type WorkQueue,
  type WorkQueueOptions,
} from "./work-queue.ts";
