import type { Fields } from "./fields.ts";
import { type Result, readResults } from "./status.ts";
import type { Nanos } from "./time.ts";

/** Where a container stands (core/v1 ContainerState), as TEP-0136 wants it in the trace. */
export type ContainerState =
  | { kind: "unknown" }
  | { kind: "waiting"; reason: string; message: string }
  | { kind: "running"; startedNs?: Nanos }
  | Terminated;

export interface Terminated {
  kind: "terminated";
  exitCode: number;
  reason: string;
  message: string;
  startedNs?: Nanos;
  finishedNs?: Nanos;
  containerId?: string;
}

/** A step of a TaskRun (tekton.dev/v1 StepState). */
export interface StepState {
  /** The step's name, or `unnamed-<index>`. */
  name: string;
  container: string;
  imageId?: string;
  state: ContainerState;
  /** What the entrypoint says of the end: Completed, Continued, Error, Skipped, TimeoutExceeded, Cancelled… */
  terminationReason?: string;
  results: Result[];
}

export function readSteps(status: Fields): StepState[] {
  return status.objects("steps").map((step, index) => {
    const name = step.text("name") || `unnamed-${index}`;
    return {
      name,
      container: step.text("container") ?? `step-${name}`,
      imageId: step.text("imageID"),
      state: readContainerState(step),
      terminationReason: step.text("terminationReason"),
      results: readResults(step, "results"),
    };
  });
}

export function readContainerState(state: Fields): ContainerState {
  const terminated = state.object("terminated");
  if (terminated !== undefined) return readTerminated(terminated);
  const running = state.object("running");
  if (running !== undefined) return { kind: "running", startedNs: running.time("startedAt") };
  const waiting = state.object("waiting");
  if (waiting === undefined) return { kind: "unknown" };
  return { kind: "waiting", reason: waiting.text("reason") ?? "", message: waiting.text("message") ?? "" };
}

function readTerminated(terminated: Fields): Terminated {
  return {
    kind: "terminated",
    exitCode: terminated.integer("exitCode") ?? 0,
    reason: terminated.text("reason") ?? "",
    message: terminated.text("message") ?? "",
    startedNs: terminated.time("startedAt"),
    finishedNs: terminated.time("finishedAt"),
    containerId: terminated.text("containerID"),
  };
}
