import { type Random, seededRandom } from "./random.ts";
import type { InterruptingStatus, RunScenario, StepScenario, StepsWork, TaskScenario } from "./scenario.ts";

/** How large and how varied a scenario may get. */
export interface Limits {
  tasks?: number;
  steps?: number;
  /** Leave out what depends on when the dump is taken and on what it holds. */
  onlyFinished?: boolean;
}

/** A scenario made up from a seed: any DAG, any mix of outcomes that Tekton can come to. */
export function randomScenario(seed: number, limits: Limits = {}): RunScenario {
  const random = seededRandom(seed);
  const tasks = randomTasks(random, limits);
  const scenario: RunScenario = {
    pipeline: random.pick(["build", "release", "nightly-checks"]),
    namespace: "generated",
    createdAt: new Date(Date.UTC(2026, 7, 18) + random.integer({ from: 0, to: 86_400_000 })).toISOString(),
    queueMs: random.chance(0.2) ? random.integer({ from: 0, to: 90_000 }) : undefined,
    params: { revision: "main" },
    workspaces: ["source"],
    traceparent: random.chance(0.2) ? TRACEPARENT : undefined,
    tasks,
    finally: random.chance(0.4) ? [finalTask(random, limits)] : undefined,
    images: { "registry.example/broken:1": { pullMs: 400, bytes: 0, pullError: "not found" } },
    ...randomEnding(random, tasks),
  };
  return limits.onlyFinished ? scenario : { ...scenario, ...randomDump(random) };
}

const TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

function randomTasks(random: Random, limits: Limits): TaskScenario[] {
  const tasks: TaskScenario[] = [];
  for (let index = random.integer({ from: 1, to: limits.tasks ?? 6 }); index > 0; index--) {
    tasks.push(randomTask(random, { before: tasks, limits }));
  }
  return tasks;
}

function randomTask(
  random: Random,
  { before, limits }: { before: TaskScenario[]; limits: Limits },
): TaskScenario {
  const name = `task-${before.length}`;
  const work = randomWork(random, limits);
  const common = { name, ...randomEdges(random, before), when: randomWhen(random) };
  if (work.kind !== "steps") return { ...common, work };
  const isIgnored = random.chance(0.1);
  return {
    ...common,
    work,
    matrix: random.chance(0.1) ? { platform: ["linux", "mac"], browser: ["safari", "chrome"] } : undefined,
    // Tekton refuses a task that has both.
    onError: isIgnored ? "continue" : undefined,
    retries: !isIgnored && random.chance(0.3) ? random.integer({ from: 1, to: 2 }) : undefined,
    workspaces: random.chance(0.3) ? ["source"] : undefined,
    timeoutMs: random.chance(0.1) ? random.integer({ from: 5_000, to: 60_000 }) : undefined,
  };
}

/** Any earlier task may have to come first, by order or because a result of it is used. */
function randomEdges(random: Random, before: TaskScenario[]): Pick<TaskScenario, "runAfter" | "params"> {
  const runAfter = before.filter(() => random.chance(0.3)).map(({ name }) => name);
  const producers = before.filter((task) => isProducer(task) && random.chance(0.2));
  const uses = producers.map(({ name }) => [`from-${name}`, `$(tasks.${name}.results.${RESULT})`]);
  return {
    runAfter: runAfter.length > 0 ? runAfter : undefined,
    params: uses.length > 0 ? Object.fromEntries(uses) : undefined,
  };
}

const RESULT = "digest";

/** Writes the result whenever it succeeds. */
function isProducer({ work, matrix }: TaskScenario): boolean {
  return (
    work.kind === "steps" && matrix === undefined && work.steps.some(({ results }) => results !== undefined)
  );
}

function randomWhen(random: Random): TaskScenario["when"] {
  if (!random.chance(0.2)) return undefined;
  return [{ input: "$(params.revision)", operator: random.pick(["in", "notin"]), values: ["main"] }];
}

function randomWork(random: Random, limits: Limits): TaskScenario["work"] {
  if (random.chance(0.05)) {
    const durationMs = random.integer({ from: 0, to: 60_000 });
    const succeeds = random.chance(0.8);
    return {
      kind: "custom",
      apiVersion: "approvals.example/v1",
      customKind: "Approval",
      durationMs,
      succeeds,
    };
  }
  if (random.chance(0.05)) {
    return {
      kind: "pipeline",
      pipeline: "child",
      tasks: [{ name: "only", work: randomSteps(random, limits) }],
    };
  }
  return randomSteps(random, limits);
}

function randomSteps(random: Random, { steps = 4 }: Limits): StepsWork {
  const count = random.integer({ from: 1, to: steps });
  const work: StepsWork = {
    kind: "steps",
    task: random.chance(0.7) ? "toolbox" : undefined,
    steps: Array.from({ length: count }, (_, index) => randomStep(random, index)),
  };
  if (!random.chance(0.1)) return work;
  const message = "0/3 nodes are available: 3 Insufficient cpu.";
  return { ...work, scheduling: { delayMs: random.integer({ from: 1_000, to: 90_000 }), message } };
}

function randomStep(random: Random, index: number): StepScenario {
  const fails = random.chance(0.06);
  const image = random.chance(0.02)
    ? "registry.example/broken:1"
    : random.pick(["golang:1.25", "node:22", "quay.io/acme/tools:4"]);
  return {
    name: `step-${index}`,
    image,
    ...(random.chance(0.5) ? { script: "make check\n" } : { command: ["make"], args: ["check"] }),
    durationMs: random.chance(0.1) ? 0 : random.integer({ from: 1, to: 40_000 }),
    exitCodes: fails ? [random.integer({ from: 1, to: 255 }), random.pick([0, 1])] : undefined,
    onError: random.chance(0.1) ? "continue" : undefined,
    results: index === 0 ? { [RESULT]: `sha256:${random.integer({ from: 0, to: 1e9 })}` } : undefined,
  };
}

function finalTask(random: Random, limits: Limits): TaskScenario {
  return { name: "report", params: { status: "$(tasks.status)" }, work: randomSteps(random, limits) };
}

/** Tekton 1.15 cannot stop a child PipelineRun, so a run that has one is left alone. */
function randomEnding(random: Random, tasks: TaskScenario[]): Pick<RunScenario, "interruption" | "timeouts"> {
  if (tasks.some(({ work }) => work.kind === "pipeline") || random.chance(0.7)) return {};
  const afterMs = random.integer({ from: 100, to: 120_000 });
  if (random.chance(0.3)) return { timeouts: { tasksMs: afterMs } };
  if (random.chance(0.3)) return { timeouts: { pipelineMs: afterMs } };
  const status = random.pick<InterruptingStatus>(["Cancelled", "CancelledRunFinally", "StoppedRunFinally"]);
  return { interruption: { status, afterMs } };
}

function randomDump(random: Random): Pick<RunScenario, "observedAfterMs" | "pods" | "events"> {
  return {
    observedAfterMs: random.chance(0.3) ? random.integer({ from: 0, to: 180_000 }) : undefined,
    pods: random.pick(["whole", "trimmed", "none"]),
    events: random.pick(["whole", "trimmed", "none"]),
  };
}
