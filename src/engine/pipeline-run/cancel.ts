/** Stops what a run has started: because the user wants it, or because its time is up. */
import { ApiError, isApiError, type Kind, type KubeObject } from "../../kube/index.ts";
import { traced } from "../tracing/index.ts";
import { TektonKind } from "../types/index.ts";
import { type ChildRun, StopMessage } from "./child-run.ts";
import { observing } from "./children.ts";
import { cancelled } from "./condition.ts";
import { endWith, type RunPass, settleCondition } from "./pass.ts";

export const cancelling = traced({
  /** `spec.status: Cancelled`: everything stops, `finally` does not run. */
  async cancelPipelineRun(pass: RunPass, known: readonly ChildRun[]): Promise<void> {
    await stopEverything(pass, { known, why: "cancelled", reasonOfFailure: "PipelineRunCouldntCancel" });
    endWith(pass, cancelled(pass.object.metadata.name));
  },

  /** `timeouts.pipeline` has passed. */
  async timeoutPipelineRun(pass: RunPass, known: readonly ChildRun[]): Promise<void> {
    await stopEverything(pass, { known, why: "timedOut", reasonOfFailure: "PipelineRunCouldntTimeOut" });
  },

  /** The run cannot go on. What it has started would otherwise work for nothing. */
  async abandonPipelineRun(pass: RunPass, known: readonly ChildRun[]): Promise<void> {
    await stopEverything(pass, { known, why: "cancelled", reasonOfFailure: "PipelineRunCouldntCancel" });
  },

  /** `spec.status: CancelledRunFinally`: the tasks stop, `finally` is yet to come. */
  async gracefullyCancelPipelineRun(pass: RunPass, children: readonly ChildRun[]): Promise<void> {
    await stopAll(pass, { children, why: "cancelled" });
  },

  /** `timeouts.tasks` or `timeouts.finally` has passed. */
  async timeoutTasks(pass: RunPass, children: readonly ChildRun[]): Promise<void> {
    await stopAll(pass, { children, why: "timedOut" });
  },

  cancelTaskRun(pass: RunPass, name: string): Promise<void> {
    return stopTaskRun(pass, { name, statusMessage: StopMessage.cancelled("TaskRun") });
  },

  timeoutTaskRun(pass: RunPass, name: string): Promise<void> {
    return stopTaskRun(pass, { name, statusMessage: StopMessage.timedOut("TaskRun") });
  },

  cancelCustomRun(pass: RunPass, name: string): Promise<void> {
    return stopCustomRun(pass, { name, statusMessage: StopMessage.cancelled("CustomRun") });
  },

  timeoutCustomRun(pass: RunPass, name: string): Promise<void> {
    return stopCustomRun(pass, { name, statusMessage: StopMessage.timedOut("CustomRun") });
  },

  /** A pipeline in the pipeline stops as its parent does. */
  cancelChildPipelineRun(pass: RunPass, name: string): Promise<void> {
    const isGraceful = pass.object.spec.status === "CancelledRunFinally";
    const spec = { status: isGraceful ? "CancelledRunFinally" : "Cancelled" };
    return patchSpec(pass, { kind: TektonKind.pipelineRun, name, spec });
  },

  timeoutChildPipelineRun(pass: RunPass, name: string): Promise<void> {
    return patchSpec(pass, { kind: TektonKind.pipelineRun, name, spec: { status: "Cancelled" } });
  },
});

type Why = "cancelled" | "timedOut";

const STOP = {
  cancelled: {
    TaskRun: cancelling.cancelTaskRun,
    CustomRun: cancelling.cancelCustomRun,
    PipelineRun: cancelling.cancelChildPipelineRun,
  },
  timedOut: {
    TaskRun: cancelling.timeoutTaskRun,
    CustomRun: cancelling.timeoutCustomRun,
    PipelineRun: cancelling.timeoutChildPipelineRun,
  },
};

/**
 * After this the run is over and nobody looks after its children any more, so what there is is asked of the API as well: the
 * caches might not know the last one yet.
 */
async function stopEverything(pass: RunPass, { known, why, reasonOfFailure }: StopEverything): Promise<void> {
  try {
    const listed = await observing.listChildren(pass);
    const all = new Map([...known, ...listed].map((child) => [`${child.kind}/${child.name}`, child]));
    await stopAll(pass, { children: [...all.values()], why });
  } catch (fault) {
    const message = `PipelineRun "${pass.object.metadata.name}" could not stop its tasks: ${String(fault)}; trying again`;
    settleCondition(pass, { status: "Unknown", reason: reasonOfFailure, message });
    throw fault;
  }
}

interface StopEverything {
  known: readonly ChildRun[];
  why: Why;
  reasonOfFailure: string;
}

async function stopAll(
  pass: RunPass,
  { children, why }: { children: readonly ChildRun[]; why: Why },
): Promise<void> {
  for (const { kind, name, outcome, isStopped } of children) {
    if (outcome === "running" && !isStopped) await STOP[why][kind](pass, name);
  }
}

interface Stop {
  name: string;
  statusMessage: string;
}

async function stopTaskRun(pass: RunPass, { name, statusMessage }: Stop): Promise<void> {
  pass.span.set({ "tekton.taskrun.name": name });
  await patchSpec(pass, {
    kind: TektonKind.taskRun,
    name,
    spec: { status: "TaskRunCancelled", statusMessage },
  });
}

async function stopCustomRun(pass: RunPass, { name, statusMessage }: Stop): Promise<void> {
  pass.span.set({ "tekton.customrun.name": name });
  await patchSpec(pass, {
    kind: TektonKind.customRun,
    name,
    spec: { status: "RunCancelled", statusMessage },
  });
}

interface SpecPatch {
  kind: Kind<KubeObject & { status?: { completionTime?: string } }>;
  name: string;
  spec: object;
}

async function patchSpec(pass: RunPass, { kind, name, spec }: SpecPatch): Promise<void> {
  const key = { namespace: pass.object.metadata.namespace ?? "", name };
  try {
    await pass.engine.api.patch(kind, key, { spec });
    pass.span.decided(`stopped ${kind.kind} ${name}`);
  } catch (fault) {
    if (isApiError(fault, 404)) return;
    // Tekton's webhook refuses to change what is complete, which it may have become meanwhile.
    const isRefused = fault instanceof ApiError && fault.status >= 400 && fault.status < 500;
    if (!isRefused || !(await isComplete(pass, { kind, name }))) throw fault;
  }
}

async function isComplete(pass: RunPass, { kind, name }: Pick<SpecPatch, "kind" | "name">): Promise<boolean> {
  const key = { namespace: pass.object.metadata.namespace ?? "", name };
  const { status } = await pass.engine.api.get(kind, key);
  return status?.completionTime !== undefined;
}
