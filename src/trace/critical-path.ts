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
import type { Nanos } from "../tekton/index.ts";
import { clamp, earliest, type Interval, latest } from "./interval.ts";
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
  /** Pipeline task on the path at that time. */
  task?: string;
}

/**
 * What the time was spent on. `queue`: created, but no controller had taken the run up. `controller`: Tekton had
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
  let cursor = bounds.endNs;
  for (let task = lastToEnd(run.tasks); task !== undefined; task = predecessorOf(task)) {
    const end = clamp(task.interval.endNs, { startNs: bounds.startNs, endNs: cursor });
    const start = clamp(task.interval.startNs, { startNs: bounds.startNs, endNs: end });
    reversed.push(gap(end, cursor, between, run), taskPath(task, { startNs: start, endNs: end }));
    cursor = start;
  }
  const started = clamp(run.wait?.endNs ?? bounds.startNs, { startNs: bounds.startNs, endNs: cursor });
  reversed.push(gap(started, cursor, between, run), gap(bounds.startNs, started, "queue", run));
  return reversed.reverse().flat();
}

/** For each task, the one it waited for longest: of those it depends on, the last to end. */
function predecessors(run: RunTimeline): (task: TaskTimeline) => TaskTimeline | undefined {
  const { graph } = run.family.pipelineRun;
  const byName = new Map<string, TaskTimeline[]>();
  for (const task of run.tasks.filter(isTimed))
    byName.set(task.name, [...(byName.get(task.name) ?? []), task]);
  const graphTasks = new Map(graph.map((task) => [task.name, task]));
  const beforeFinally = lastToEnd(run.tasks.filter((task) => task.memberOf !== "finally"));
  const inOrderOfEnd = run.tasks.filter(isTimed).sort((a, b) => compare(a.interval.endNs, b.interval.endNs));
  const visited = new Set<string>();

  /** The tasks of these names; where one has no time (skipped, or not in the input), those before it. */
  const timedTasks = (names: readonly string[]): TaskTimeline[] => {
    const found: TaskTimeline[] = [];
    const waiting = [...names];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (visited.has(name)) continue;
      const timed = byName.get(name);
      if (timed !== undefined) found.push(...timed);
      else {
        visited.add(name);
        waiting.push(...(graphTasks.get(name)?.dependsOn ?? []));
      }
    }
    return found;
  };

  return (task) => {
    visited.add(task.name);
    if (task.memberOf === "finally") return beforeFinally;
    const known = graphTasks.get(task.name);
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
  return segments.map((segment) => ({ ...segment, task: task.name }));
}

function attemptsPath(task: TaskTimeline, bounds: Bounds): PathPart[] {
  if (task.attempts.length === 0) return gap(bounds.startNs, bounds.endNs, "task", task);
  const segments: PathPart[] = [];
  let cursor = bounds.startNs;
  for (const attempt of task.attempts) {
    const start = clamp(attempt.interval.startNs, { startNs: cursor, endNs: bounds.endNs });
    const end = clamp(attempt.interval.endNs, { startNs: start, endNs: bounds.endNs });
    segments.push(
      ...gap(cursor, start, "controller", task),
      ...attemptPath(attempt, { startNs: start, endNs: end }),
    );
    cursor = end;
  }
  return [...segments, ...gap(cursor, bounds.endNs, "controller", task)];
}

/**
 * Sweeps over an attempt from boundary to boundary. Where several things are going on at once, the step that
 * runs is what the task waits for, then an init container, then a pull, then the scheduler.
 */
function attemptPath(attempt: AttemptTimeline, bounds: Bounds): PathPart[] {
  const actors = actorsOf(attempt);
  if (actors.length === 0) return gap(bounds.startNs, bounds.endNs, "task", attempt);
  const times = actors.flatMap(({ startNs, endNs }) => [clamp(startNs, bounds), clamp(endNs, bounds)]);
  times.push(bounds.startNs, bounds.endNs, clamp(attempt.pod?.meta.createdNs ?? bounds.startNs, bounds));
  const boundaries = [...new Set(times)].sort(compare);
  const causeOfGap = gapCauses(attempt);
  return boundaries.slice(0, -1).flatMap((startNs, index) => {
    const endNs = boundaries[index + 1] ?? startNs;
    const actor = actors.find((candidate) => candidate.startNs <= startNs && candidate.endNs >= endNs);
    return gap(startNs, endNs, actor?.cause ?? causeOfGap(startNs), actor ?? attempt);
  });
}

type Actor = Bounds & { cause: PathCause; spanId: string; label?: string };

/**
 * What works in an attempt, most telling first. Steps run one after another, though old versions of Tekton
 * report the start of the container instead of the command's: a step acts once the one before it has ended.
 */
function actorsOf({ steps, phases }: AttemptTimeline): Actor[] {
  const actors: Actor[] = [];
  let previousEnd: Nanos | undefined;
  const inOrderOfEnd = steps
    .filter((step) => !step.neverStarted)
    .sort(
      (a, b) =>
        compare(a.interval.endNs, b.interval.endNs) || compare(a.interval.startNs, b.interval.startNs),
    );
  for (const step of inOrderOfEnd) {
    const startNs = latest([step.interval.startNs, previousEnd]) ?? step.interval.startNs;
    const endNs = latest([startNs, step.interval.endNs]) ?? startNs;
    actors.push({ startNs, endNs, cause: "step", spanId: step.spanId, label: step.step.name });
    previousEnd = endNs;
  }
  for (const kind of ["init", "pull", "schedule"] as const) {
    for (const phase of phases) {
      if (phase.kind !== kind) continue;
      const { startNs, endNs } = phase.interval;
      actors.push({
        startNs,
        endNs,
        cause: kind,
        spanId: phase.spanId,
        label: phase.image === undefined || kind === "init" ? phase.container : phase.image,
      });
    }
  }
  return actors;
}

/** Names the time in which nothing acts, by what has not happened yet. */
function gapCauses({ pod, phases, steps }: AttemptTimeline): (atNs: Nanos) => PathCause {
  const begun = steps.filter((step) => !step.neverStarted);
  const firstStep = earliest(begun.map((step) => step.interval.startNs));
  const lastStep = latest(begun.map((step) => step.interval.endNs));
  const scheduled = phases.find(({ kind }) => kind === "schedule")?.interval.endNs;
  return (atNs) => {
    if (pod?.meta.createdNs !== undefined && atNs < pod.meta.createdNs) return "controller";
    if (scheduled !== undefined && atNs < scheduled) return "schedule";
    if (firstStep === undefined || atNs < firstStep) return "start";
    return lastStep !== undefined && atNs >= lastStep ? "controller" : "handover";
  };
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

function compare(a: Nanos, b: Nanos): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
