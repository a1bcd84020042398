import type { Informer, KubeApi, Pod } from "../kube/index.ts";
import type { ResourceSpans } from "../trace/index.ts";
import type { Clock } from "./clock.ts";
import type { EngineConfig } from "./config.ts";
import type { CustomRun, PipelineRun, TaskRun } from "./types/index.ts";

/** What both reconcilers work with. */
export interface EngineContext {
  api: KubeApi;
  clock: Clock;
  config: EngineConfig;
  /** Version of this program, in spans and in the annotation `pipeline.tekton.dev/release`. */
  version: string;
  caches: Caches;
  /** Gets the spans of each pass; absent: nothing is traced. */
  onSpans?: (spans: ResourceSpans) => void;
  /** One line for a person who reads logs. */
  log: (line: string) => void;
}

/**
 * Local copies of what the reconcilers look at, always slightly old. What a pass decides on them must be safe to
 * decide twice: children have names that follow from their owner's, and updates carry the version they were made on.
 */
export interface Caches {
  pipelineRuns: Informer<PipelineRun>;
  taskRuns: Informer<TaskRun>;
  customRuns: Informer<CustomRun>;
  pods: Informer<Pod>;
}

/** Index of the caches: UID of the controlling owner. */
export const BY_OWNER = "owner";
