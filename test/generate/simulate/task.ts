import type {
  AttemptHistory,
  CustomRunHistory,
  Outcome,
  PodHistory,
  TaskHistory,
  TaskRunHistory,
} from "../history.ts";
import { type CustomWork, DEFAULT_TIMEOUT_MS, type StepsWork } from "../scenario.ts";
import { goDuration } from "../time.ts";
import type { Cluster } from "./cluster.ts";
import { childName } from "./names.ts";
import { simulatePod } from "./pod.ts";

/** A child of a PipelineRun whose work is still to be done. */
export type NewTask = Pick<
  TaskHistory,
  "name" | "uid" | "task" | "memberOf" | "params" | "when" | "createdMs"
>;

const SUCCESS: Outcome = {
  status: "True",
  reason: "Succeeded",
  message: "All Steps have completed executing",
};

/** Runs a TaskRun to its end, retries included, as if nobody stopped it; see `stopTask`. */
export function simulateTaskRun(
  cluster: Cluster,
  input: { task: NewTask; work: StepsWork; volumeNode?: string },
): TaskRunHistory {
  const { task, work, volumeNode } = input;
  const attempts: AttemptHistory[] = [];
  for (let index = 0; index <= (task.task.retries ?? 0); index++) {
    const afterMs = attempts.at(-1)?.completedMs ?? task.createdMs;
    const attempt = simulateAttempt(cluster, { task, work, volumeNode, index, afterMs });
    attempts.push(attempt);
    if (attempt.outcome.status === "True") break;
  }
  const run = closeTaskRun({ ...task, kind: "TaskRun", work, attempts });
  const isIgnored = task.task.onError === "continue" && run.outcome.status === "False";
  return isIgnored ? { ...run, outcome: { ...run.outcome, reason: "FailureIgnored" } } : run;
}

/** Fills in what follows from the last attempt. */
function closeTaskRun(task: Omit<TaskRunHistory, "completedMs" | "outcome" | "results">): TaskRunHistory {
  const last = task.attempts.at(-1);
  if (last === undefined)
    throw new Error(`TaskRun ${task.name} has no attempt: its retries must not be negative`);
  const { completedMs, outcome, pod, podDeleted } = last;
  const results = podDeleted ? {} : (pod?.steps.at(-1)?.results ?? {});
  return { ...task, completedMs, outcome, results };
}

interface AttemptInput {
  task: NewTask;
  work: StepsWork;
  volumeNode?: string;
  index: number;
  afterMs: number;
}

function simulateAttempt(
  cluster: Cluster,
  { task, work, volumeNode, index, afterMs }: AttemptInput,
): AttemptHistory {
  const { random } = cluster;
  const startedMs = afterMs + random.integer({ from: 20, to: 110 });
  const createdMs = startedMs + random.integer({ from: 30, to: 140 });
  const name = childName(task.name, index === 0 ? "-pod" : `-pod-retry${index}`);
  const pod = simulatePod(cluster, { name, work, attempt: index, createdMs, volumeNode });
  const noticedAfterMs = random.integer({ from: 250, to: 1400 });
  const timeoutMs = task.task.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const completedMs = (pod.finishedMs ?? givenUpMs(pod)) + noticedAfterMs;
  if (completedMs > startedMs + timeoutMs) {
    const deadlineMs = startedMs + timeoutMs + random.integer({ from: 1, to: 40 });
    return stopAttempt({ startedMs, pod, atMs: deadlineMs, outcome: timedOut(task.name, timeoutMs) });
  }
  const outcome = outcomeOf(task.name, pod);
  return { startedMs, completedMs, outcome, pod, podDeleted: pod.finishedMs === undefined };
}

/** After the first failed pull the kubelet backs off, and on seeing that Tekton gives up. */
function givenUpMs({ steps, readyMs }: PodHistory): number {
  const failures = steps.filter(({ pull }) => pull.error !== undefined).map(({ pull }) => pull.endedMs);
  return Math.max(readyMs, ...failures) + PULL_BACKOFF_AFTER_MS;
}

/** From `ErrImagePull` to `ImagePullBackOff`. */
export const PULL_BACKOFF_AFTER_MS = 1200;

function outcomeOf(taskRun: string, { steps }: PodHistory): Outcome {
  const unpulled = steps.find(({ pull }) => pull.error !== undefined);
  if (unpulled !== undefined) {
    const { name, image } = unpulled.step;
    const said = `Back-off pulling image "${image}": ErrImagePull: ${unpulled.pull.error}`;
    const message = `the step "${name}" in TaskRun "${taskRun}" failed to pull the image "${image}". The pod errored with the message: "${said}."`;
    return { status: "False", reason: "TaskRunImagePullFailed", message };
  }
  const failed = steps.find(({ ending }) => ending === "Error");
  if (failed === undefined) return SUCCESS;
  const message = `"step-${failed.step.name}" exited with code ${failed.exitCode}: Error`;
  return { status: "False", reason: "StepFailed", message };
}

function timedOut(taskRun: string, timeoutMs: number): Outcome {
  const message = `TaskRun "${taskRun}" failed to finish within "${goDuration(timeoutMs)}"`;
  return { status: "False", reason: "TaskRunTimeout", message };
}

interface Stop {
  atMs: number;
  outcome: Outcome;
}

function stopAttempt({
  startedMs,
  pod,
  atMs,
  outcome,
}: Stop & Pick<AttemptHistory, "startedMs" | "pod">): AttemptHistory {
  const hasPod = pod !== undefined && pod.createdMs <= atMs;
  return { startedMs, completedMs: atMs, outcome, podDeleted: hasPod, pod: hasPod ? pod : undefined };
}

export function simulateCustomRun(
  cluster: Cluster,
  { task, work }: { task: NewTask; work: CustomWork },
): CustomRunHistory {
  const startedMs = task.createdMs + cluster.random.integer({ from: 20, to: 300 });
  const completedMs = startedMs + work.durationMs;
  const outcome: Outcome = work.succeeds
    ? { status: "True", reason: "Succeeded", message: "done" }
    : { status: "False", reason: "Failed", message: `${work.customKind} failed` };
  const results = work.succeeds ? (work.results ?? {}) : {};
  return { ...task, kind: "CustomRun", work, startedMs, completedMs, outcome, results };
}

/** How long the order to stop takes to arrive and be carried out. */
const STOPPING_MS = 60;

/** The same task, had its PipelineRun told it to stop at `atMs`. One that has ended by then stays as it is. */
export function stopTask(
  task: TaskHistory,
  { atMs, why }: { atMs: number; why: "cancelled" | "timed out" },
): TaskHistory {
  const completedMs = atMs + STOPPING_MS;
  if (task.completedMs <= completedMs) return task;
  const happened = why === "cancelled" ? "been cancelled" : "timed out";
  const stoppedBecause = `${task.kind} cancelled as the PipelineRun it belongs to has ${happened}.`;
  const message = `${task.kind} "${task.name}" was cancelled. ${stoppedBecause}`;
  if (task.kind === "PipelineRun") {
    throw new Error(
      `child PipelineRun ${task.name} cannot be stopped: Tekton 1.15 does not, so let the scenario run out`,
    );
  }
  if (task.kind === "CustomRun") {
    const outcome: Outcome = { status: "False", reason: "CustomRunCancelled", message };
    return { ...task, completedMs, outcome, results: {}, stoppedBecause };
  }
  const outcome: Outcome = { status: "False", reason: "TaskRunCancelled", message };
  const attempts = stopAttempts(task.attempts, { atMs: completedMs, outcome });
  return closeTaskRun({ ...task, attempts, stoppedBecause });
}

/** Whatever has not begun never will; what has not ended ends now. */
function stopAttempts(attempts: AttemptHistory[], stop: Stop): AttemptHistory[] {
  const ended = attempts.filter(({ completedMs }) => completedMs <= stop.atMs);
  const open = attempts[ended.length];
  const startedMs = Math.min(open?.startedMs ?? stop.atMs, stop.atMs);
  return [...ended, stopAttempt({ startedMs, pod: open?.pod, ...stop })];
}
