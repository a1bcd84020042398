import type { Clock } from "../../engine/index.ts";
import type { Container, Pod, Stored } from "../../kube/index.ts";
import type { Executor, Mount } from "../executors/index.ts";
import type { Barriers } from "./barriers.ts";
import type { ContainerLog } from "./container-log.ts";
import type { PrintListener } from "./container-process.ts";
import type { Work } from "./entrypoint.ts";
import type { PodStatusDraft } from "./pod-status.ts";
import type { TelemetryListener } from "./step-telemetry.ts";

/** What the containers of one Pod share. */
export interface PodScope {
  pod: Stored<Pod>;
  clock: Clock;
  executor: Executor;
  network: "host" | "none";
  draft: PodStatusDraft;
  /** To be called when the draft has changed. */
  changed: () => void;
  barriers: Barriers;
  /** Text of every script that was placed, by its path in the containers. */
  scripts: Map<string, string>;
  /** Init containers first. */
  plans: readonly ContainerPlan[];
  log: (container: string) => ContainerLog;
  onPrint: (container: string) => PrintListener;
  /** Without it, steps have no spool. */
  onTelemetry: TelemetryListener | undefined;
}

/** A container with nothing left to look up. */
export interface ContainerPlan {
  container: Container;
  work: Work;
  mounts: readonly Mount[];
  variables: Readonly<Record<string, string>>;
}
