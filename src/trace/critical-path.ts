/**
 * Where the time of a run went.
 *
 * The critical path is one chain from the run's creation to its end. Each moment of the run lies on it exactly
 * once, so its parts add up to the run's duration, and shortening anything that is not on it changes nothing.
 * It is found backwards: from the task that ended last to the one it waited for longest, and so on to the start.
 *
 *   lint    |====|                          not on the path: test would have waited for build anyhow
 *   build   |==========|
 *   test                 |=======|
 *   report                         |===|    (finally)
 *   path    |==========|-|=======|-|===|-|  - is a gap: nothing of the run was working
 *
 * Edges are those of the pipeline (runAfter, result references, finally). Without a pipelineSpec in the input,
 * order in time stands in for them. Within a task the path follows attempts, pod phases and steps.
 */
import { compareTimes, type Nanos } from "../tekton/index.ts";
import { append } from "./groups.ts";
import { clamp, type Interval } from "./interval.ts";
import type { StepTimeline } from "./steps.ts";
import type { AttemptTimeline, RunTimeline, TaskTimeline } from "./timeline.ts";

/** A part of the critical path. The parts of a run are in order, without gaps or overlaps. */
export interface PathPart {
  startNs: Nanos;
  endNs: Nanos;
  cause: PathCause;
  /** The span the time belongs to. */
  spanId: string;
  /** What a person would call it: a step's name, an image, a container. */
  label?: string;
  /** Pipeline task on the path at that time. Of a pipeline in a pipeline it is the task that the inner run is. */
  task?: string;
  /** That task's span. The TaskRuns of a matrix share a name, and have a span each. */
  taskSpanId?: string;
}

/**
 * What the time was spent on. `queue`: created, but no controller had taken it up. `controller`: Tekton had
 * what it needed and had not acted yet. `start`: a Pod on its node, containers not running (image pulls nobody
 * recorded included). `handover`: between two steps. `task`: a task about whose inside nothing is known. `unknown`:
 * between tasks, where some of the run's tasks are not in the input.
 */
export type PathCause =
  | "step"
  | "schedule"
  | "pull"
  | "init"
  | "queue"
  | "controller"
  | "start"
  | "handover"
  | "task"
  | "unknown";

export function criticalPathOfRun(run: RunTimeline): PathPart[] {
  return merge(runPath(run, run.interval));
}

export function criticalPathOfTask(task: TaskTimeline): PathPart[] {
  return merge(taskPath(task, task.interval));
}

type Bounds = Pick<Interval, "startNs" | "endNs">;

function runPath(run: RunTimeline, bounds: Bounds): PathPart[] {
  const predecessorOf = predecessors(run);
  const between: PathCause = run.tasks.every(isTimed) ? "controller" : "unknown";
  const reversed: PathPart[][] = [];
  const onPath = new Set<TaskTimeline>();
  let cursor = bounds.endNs;
  // Edited graphs run in circles: nothing is waited for twice.
  for (let task = lastToEnd(run.tasks); task !== undefined && !onPath.has(task); task = predecessorOf(task)) {
    onPath.add(task);
    const end = clamp(task.interval.endNs, { startNs: bounds.startNs, endNs: cursor });
    const start = clamp(task.interval.startNs, { startNs: bounds.startNs, endNs: end });
    reversed.push(gap(end, cursor, between, run), taskPath(task, { startNs: start, endNs: end }));
    cursor = start;
  }
  // A run that nobody took up and that did nothing was waiting all the time.
  const takenUp =
    run.wait?.endNs ?? (onPath.size > 0 || run.tasks.length > 0 ? bounds.startNs : bounds.endNs);
  const started = clamp(takenUp, { startNs: bounds.startNs, endNs: cursor });
  reversed.push(gap(started, cursor, between, run), gap(bounds.startNs, started, "queue", run));
  return reversed.reverse().flat();
}

/** For each task, the one it waited for longest: of those it depends on, the last to end. */
function predecessors(run: RunTimeline): (task: TaskTimeline) => TaskTimeline | undefined {
  const { graph } = run;
  const byName = new Map<string, TaskTimeline[]>();
  for (const task of run.tasks.filter(isTimed)) append(byName, task.name, task);
  const beforeFinally = lastToEnd(run.tasks.filter((task) => task.memberOf !== "finally"));
  const inOrderOfEnd = run.tasks
    .filter(isTimed)
    .sort((a, b) => compareTimes(a.interval.endNs, b.interval.endNs));
  /** The tasks of these names; where one has no time (skipped, or not in the input), those before it. */
  const timedTasks = (names: readonly string[]): TaskTimeline[] => {
    const found: TaskTimeline[] = [];
    const entered = new Set<string>();
    const waiting = [...names];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (entered.has(name)) continue;
      entered.add(name);
      const timed = byName.get(name);
      const further = timed === undefined ? (graph.get(name)?.dependsOn ?? []) : [];
      for (const task of timed ?? []) found.push(task);
      for (const before of further) waiting.push(before);
    }
    return found;
  };

  return (task) => {
    if (task.memberOf === "finally") return beforeFinally;
    const known = graph.get(task.name);
    return known === undefined ? lastEndedBy(inOrderOfEnd, task) : lastToEnd(timedTasks(known.dependsOn));
  };
}

function isTimed({ interval }: TaskTimeline): boolean {
  return !interval.unknown;
}

function lastToEnd(tasks: readonly TaskTimeline[]): TaskTimeline | undefined {
  let last: TaskTimeline | undefined;
  for (const task of tasks) {
    if (isTimed(task) && (last === undefined || task.interval.endNs > last.interval.endNs)) last = task;
  }
  return last;
}

/** The last task that had ended when this one started, by binary search: a run may have thousands. */
function lastEndedBy(
  inOrderOfEnd: readonly TaskTimeline[],
  { interval }: TaskTimeline,
): TaskTimeline | undefined {
  let [low, high] = [0, inOrderOfEnd.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const candidate = inOrderOfEnd[middle]?.interval;
    if (candidate !== undefined && candidate.endNs <= interval.startNs) low = middle + 1;
    else high = middle;
  }
  // Something without length may end where it starts itself; only what began earlier can be waited for.
  while (low > 0 && (inOrderOfEnd[low - 1]?.interval.startNs ?? 0n) >= interval.startNs) low--;
  return inOrderOfEnd[low - 1];
}

function taskPath(task: TaskTimeline, bounds: Bounds): PathPart[] {
  const segments = task.child === undefined ? attemptsPath(task, bounds) : runPath(task.child, bounds);
  return segments.map((segment) => ({ ...segment, task: task.name, taskSpanId: task.spanId }));
}

function attemptsPath(task: TaskTimeline, bounds: Bounds): PathPart[] {
  let cursor = clamp(task.takenUpNs ?? bounds.startNs, bounds);
  const parts = gap(bounds.startNs, cursor, "queue", task);
  if (task.attempts.length === 0) return [...parts, ...gap(cursor, bounds.endNs, "task", task)];
  for (const attempt of task.attempts) {
    const start = clamp(attempt.interval.startNs, { startNs: cursor, endNs: bounds.endNs });
    const end = clamp(attempt.interval.endNs, { startNs: start, endNs: bounds.endNs });
    parts.push(...gap(cursor, start, "controller", task));
    parts.push(...attemptPath(attempt, { startNs: start, endNs: end }));
    cursor = end;
  }
  return [...parts, ...gap(cursor, bounds.endNs, "controller", task)];
}

/** Setting up the Pod, then step after step, then the controller's notice that all is done. */
function attemptPath(attempt: AttemptTimeline, bounds: Bounds): PathPart[] {
  if (attempt.steps.length === 0 && attempt.phases.length === 0) {
    return gap(bounds.startNs, bounds.endNs, "task", attempt);
  }
  const steps = stepsInTurn(attempt, bounds);
  const parts: PathPart[] = [];
  let cursor = steps[0]?.startNs ?? bounds.endNs;
  parts.push(...setUpPath(attempt, { startNs: bounds.startNs, endNs: cursor }));
  for (const { startNs, endNs, spanId, label } of steps) {
    parts.push(...gap(cursor, startNs, "handover", attempt));
    parts.push(...gap(startNs, endNs, "step", { spanId, label }));
    cursor = endNs;
  }
  parts.push(...gap(cursor, bounds.endNs, "controller", attempt));
  return parts;
}

type Turn = Bounds & Holder;

/**
 * Steps run one after another, though old versions of Tekton report the start of the container instead of the
 * command's: a step has its turn once the one before it has ended.
 */
function stepsInTurn({ steps }: AttemptTimeline, bounds: Bounds): Turn[] {
  const begun = steps.filter((step) => !step.neverStarted).sort(byEnd);
  let cursor = bounds.startNs;
  return begun.map(({ spanId, step, interval }) => {
    const startNs = clamp(interval.startNs, { startNs: cursor, endNs: bounds.endNs });
    cursor = clamp(interval.endNs, { startNs, endNs: bounds.endNs });
    return { startNs, endNs: cursor, spanId, label: step.name };
  });
}

function byEnd(a: StepTimeline, b: StepTimeline): number {
  return (
    compareTimes(a.interval.endNs, b.interval.endNs) || compareTimes(a.interval.startNs, b.interval.startNs)
  );
}

/**
 * Sweeps over the setting up of a Pod from boundary to boundary. Nothing of it truly overlaps; where it seems to, that is
 * because init containers are known to the second only, pulls to the millisecond and scheduling to the microsecond.
 */
function setUpPath(attempt: AttemptTimeline, bounds: Bounds): PathPart[] {
  const phases = ["schedule", "pull", "init"].flatMap((kind) =>
    attempt.phases.filter((phase) => phase.kind === kind),
  );
  const createdNs = clamp(attempt.pod?.meta.createdNs ?? bounds.startNs, bounds);
  const times = [bounds.startNs, bounds.endNs, createdNs];
  for (const { interval } of phases)
    times.push(clamp(interval.startNs, bounds), clamp(interval.endNs, bounds));
  times.sort(compareTimes);
  return times.slice(0, -1).flatMap((startNs, index) => {
    const endNs = times[index + 1] ?? startNs;
    const phase = phases.find(({ interval }) => interval.startNs <= startNs && interval.endNs >= endNs);
    if (phase === undefined) return gap(startNs, endNs, setUpCause(attempt, startNs), attempt);
    const label = phase.kind === "pull" ? phase.image : phase.container;
    return gap(startNs, endNs, phase.kind, { spanId: phase.spanId, label });
  });
}

/** Names the time in which nothing acts, by what has not happened yet. */
function setUpCause({ pod, phases }: AttemptTimeline, atNs: Nanos): PathCause {
  if (pod?.meta.createdNs !== undefined && atNs < pod.meta.createdNs) return "controller";
  const scheduled = phases.find(({ kind }) => kind === "schedule")?.interval.endNs;
  return scheduled !== undefined && atNs < scheduled ? "schedule" : "start";
}

interface Holder {
  spanId: string;
  label?: string;
}

function gap(startNs: Nanos, endNs: Nanos, cause: PathCause, { spanId, label }: Holder): PathPart[] {
  return endNs > startNs ? [{ startNs, endNs, cause, spanId, label }] : [];
}

function merge(parts: PathPart[]): PathPart[] {
  const merged: PathPart[] = [];
  for (const part of parts) {
    const last = merged.at(-1);
    if (last?.cause === part.cause && last.spanId === part.spanId) last.endNs = part.endNs;
    else merged.push(part);
  }
  return merged;
}
