/** Ctrl-C: what a run is told when its user wants no more of it. */
import { TektonKind } from "../../engine/index.ts";
import { type KubeApi, type KubeObject, keyOf, type Stored } from "../../kube/index.ts";
import { ECHO_MILLIS } from "../stop-signals.ts";
import type { Terminal } from "../terminal.ts";

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * The first signal cancels as Tekton would, and `finally` tasks run; the second cancels those too; a third ends the process
 * at once. Answers how to stop listening.
 */
export function cancelOnSignals(
  api: KubeApi,
  runs: readonly Stored<KubeObject>[],
  terminal: Pick<Terminal, "say">,
): () => void {
  let signals = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  const onSignal = () => {
    if (performance.now() - lastAt < ECHO_MILLIS) return;
    lastAt = performance.now();
    signals++;
    if (signals > 2) process.exit(130);
    const isFirst = signals === 1;
    terminal.say(
      isFirst
        ? "cancelling; finally tasks still run (again to cancel those too)"
        : "cancelling everything (again to leave at once)",
    );
    for (const run of runs) void cancel(api, run, isFirst).catch(() => {});
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

/**
 * While nothing else listens, before runs are started and after they ended, a signal ends the process, and what was to be done
 * at its exit is done. Answers how to stop listening.
 */
export function leaveOnSignals(): () => void {
  const onSignal = (signal: NodeJS.Signals) => {
    if (process.listenerCount(signal) === 1) process.exit(130);
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return () => {
    for (const signal of SIGNALS) process.off(signal, onSignal);
  };
}

/** A run that is over by now refuses, which is as good. */
async function cancel(api: KubeApi, run: Stored<KubeObject>, withFinally: boolean): Promise<void> {
  if (run.kind === "TaskRun")
    await api.patch(TektonKind.taskRun, keyOf(run), { spec: { status: "TaskRunCancelled" } });
  else {
    const status = withFinally ? "CancelledRunFinally" : "Cancelled";
    await api.patch(TektonKind.pipelineRun, keyOf(run), { spec: { status } });
  }
}
