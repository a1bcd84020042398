import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type AttemptHistory,
  type GeneratedObjects,
  generateRun,
  type JsonObject,
  kubectlList,
  type RunHistory,
  randomScenario,
  type TaskRunHistory,
} from "./index.ts";
import { at, list } from "./testing.ts";

const seeds = fc.integer();

describe("any generated run", () => {
  it("is the same for the same scenario and seed", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        expect(textOf(generateRun(randomScenario(seed), seed))).toBe(
          textOf(generateRun(randomScenario(seed), seed)),
        );
      }),
    );
  });

  it("is the same run whenever it is observed", () => {
    fc.assert(
      fc.property(seeds, fc.nat(300_000), (seed, observedAfterMs) => {
        const scenario = randomScenario(seed, { onlyFinished: true });
        const early = generateRun({ ...scenario, observedAfterMs }, seed);
        expect(early.truth).toEqual(generateRun(scenario, seed).truth);
      }),
    );
  });

  it("shows nothing that lies after the moment it is observed", () => {
    fc.assert(
      fc.property(seeds, fc.nat(300_000), (seed, observedAfterMs) => {
        const scenario = { ...randomScenario(seed), observedAfterMs };
        const lastMs = Date.parse(scenario.createdAt) + observedAfterMs;
        const times = textOf(generateRun(scenario, seed)).matchAll(/(?<="|\\")\d{4}-\d\d-\d\dT[\d:.]+Z/g);
        for (const [time] of times) expect(Date.parse(time)).toBeLessThanOrEqual(lastMs);
      }),
    );
  });

  it("takes its time in order: nothing ends before it begins, nor begins before what it waits for", () => {
    fc.assert(fc.property(seeds, (seed) => checkRun(generateRun(randomScenario(seed), seed).truth)));
  });

  it("tells one story in all its objects", () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const run = generateRun(randomScenario(seed, { onlyFinished: true }), seed);
        checkChildren(run);
        checkOwners(run);
        checkPods(run);
      }),
    );
  });
});

function textOf(run: GeneratedObjects): string {
  return [...kubectlList(run.all())].join("");
}

function checkRun(run: RunHistory): void {
  inOrder([run.createdMs, run.startedMs, run.finallyStartedMs, run.completedMs]);
  const isAborted = run.interruption?.kind === "Cancelled" || run.interruption?.kind === "pipeline timeout";
  for (const task of run.tasks) {
    inOrder([run.startedMs, task.createdMs, task.completedMs]);
    // A run that is cancelled ends at once; its children follow.
    if (!isAborted) inOrder([task.completedMs, run.completedMs]);
    for (const before of run.tasks.filter(({ task: { name } }) => task.task.runAfter?.includes(name))) {
      inOrder([before.completedMs, task.createdMs]);
    }
    if (task.kind === "TaskRun") checkAttempts(task);
    if (task.kind === "PipelineRun") checkRun(task.run);
  }
}

function checkAttempts({ createdMs, attempts, completedMs }: TaskRunHistory): void {
  inOrder([
    createdMs,
    ...attempts.flatMap((attempt) => [attempt.startedMs, attempt.completedMs]),
    completedMs,
  ]);
  for (const attempt of attempts) checkPod(attempt);
}

function checkPod({ startedMs, completedMs, pod, podDeleted }: AttemptHistory): void {
  if (pod === undefined) return;
  const init = pod.initContainers.flatMap((container) => [container.startedMs, container.finishedMs]);
  inOrder([startedMs, pod.createdMs, pod.boundMs, pod.sandboxMs, ...init, pod.initializedMs, pod.readyMs]);
  inOrder([pod.readyMs, ...pod.steps.flatMap((step) => [step.commandStartedMs, step.finishedMs])]);
  for (const { pull, startedMs: containerMs } of pod.steps)
    inOrder([pull.requestedMs, pull.endedMs, containerMs]);
  if (!podDeleted) inOrder([pod.finishedMs, completedMs]);
}

function inOrder(times: (number | undefined)[]): void {
  const known = times.filter((time) => time !== undefined);
  expect(known).toEqual(known.toSorted((a, b) => a - b));
}

/** Every child is named by its parent, and nothing else is. */
function checkChildren({ pipelineRun, childPipelineRuns, taskRuns, customRuns }: GeneratedObjects): void {
  const named = [pipelineRun, ...childPipelineRuns].flatMap((run) =>
    list(run, "status.childReferences").map((child) => `${at(child, "kind")} ${at(child, "name")}`),
  );
  const children = [...childPipelineRuns, ...taskRuns, ...customRuns];
  expect(named.toSorted()).toEqual(
    children.map((run) => `${run.kind} ${at(run, "metadata.name")}`).toSorted(),
  );
}

function checkOwners({ pipelineRun, all }: GeneratedObjects): void {
  const uids = new Map(all().map((object) => [at(object, "metadata.uid"), object]));
  for (const object of all()) {
    if (object === pipelineRun || object.kind === "Event") continue;
    const owner = at(object, "metadata.ownerReferences.0");
    const owned = uids.get(at(owner, "uid"));
    expect([owned?.kind, at(owned, "metadata.name")]).toEqual([at(owner, "kind"), at(owner, "name")]);
  }
}

/** A Pod for each attempt that was not stopped, with the steps the TaskRun tells of. */
function checkPods({ taskRuns, pods, truth }: GeneratedObjects): void {
  const kept = attemptsOf(truth).filter(({ pod, podDeleted }) => pod !== undefined && !podDeleted);
  expect(pods.map(nameOf).toSorted()).toEqual(kept.map(({ pod }) => pod?.name).toSorted());
  for (const attempt of taskRuns.flatMap((run) => [
    at(run, "status"),
    ...list(run, "status.retriesStatus"),
  ])) {
    const pod = pods.find((candidate) => nameOf(candidate) === at(attempt, "podName"));
    if (pod === undefined) continue;
    const containers = list(pod, "status.containerStatuses").map((container) => at(container, "name"));
    expect(list(attempt, "steps").map((step) => at(step, "container"))).toEqual(containers);
  }
}

function attemptsOf({ tasks }: RunHistory): AttemptHistory[] {
  return tasks.flatMap((task) => {
    if (task.kind === "PipelineRun") return attemptsOf(task.run);
    return task.kind === "TaskRun" ? task.attempts : [];
  });
}

function nameOf(object: JsonObject): string {
  return String(at(object, "metadata.name"));
}
