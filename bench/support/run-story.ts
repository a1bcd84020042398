/**
 * What happened in a made-up run of a pipeline of eight tasks:
 *
 *     clone ─┬─ lint
 *            ├─ unit-test
 *            └─ build-image ─┬─ scan-image
 *                            ├─ integration-test
 *                            └─ attach-sbom          finally: notify
 *
 * One run in twenty fails, in a step of a task that no other waits for, so that every run has all its tasks.
 */
import { type Dice, seededDice } from "./dice.ts";

/** Of what, by whom, and how it went. Offsets are microseconds from the run's creation. */
export interface RunStory {
  uid: string;
  name: string;
  namespace: string;
  pipeline: string;
  repository: string;
  branch: string;
  revision: string;
  sender: string;
  startNs: bigint;
  endUs: number;
  tasks: TaskStory[];
  /** The task that failed, in its last step. */
  failed?: TaskStory;
}

export interface TaskStory {
  name: string;
  uid: string;
  podUid: string;
  node: string;
  after: readonly string[];
  isFinally: boolean;
  isCritical: boolean;
  startUs: number;
  scheduledUs: number;
  /** Absent where the image was on the node. */
  pulledUs?: number;
  steps: { name: string; startUs: number; endUs: number; exitCode: number }[];
  endUs: number;
}

/** When runs are created: evenly over the days before `untilMs`. */
export interface Period {
  runs: number;
  days: number;
  untilMs: number;
}

interface TaskPlan {
  name: string;
  after: readonly string[];
  steps: readonly string[];
  /** About how long a step takes. */
  seconds: number;
}

const PLAN: readonly TaskPlan[] = [
  { name: "clone", after: [], steps: ["prepare", "checkout", "summary"], seconds: 3 },
  { name: "lint", after: ["clone"], steps: ["restore", "lint", "report"], seconds: 15 },
  { name: "unit-test", after: ["clone"], steps: ["restore", "test", "coverage"], seconds: 40 },
  { name: "build-image", after: ["clone"], steps: ["restore", "build", "push"], seconds: 60 },
  { name: "scan-image", after: ["build-image"], steps: ["fetch", "scan", "upload"], seconds: 20 },
  { name: "integration-test", after: ["build-image"], steps: ["start", "run", "collect"], seconds: 45 },
  { name: "attach-sbom", after: ["build-image"], steps: ["generate", "sign", "attach"], seconds: 8 },
  { name: "notify", after: [], steps: ["render", "send", "record"], seconds: 1 },
];
const FINALLY = "notify";
const MAY_FAIL = ["lint", "unit-test", "scan-image", "integration-test", "attach-sbom"] as const;
const FAILURES = 0.05;

const PIPELINES = 20;
const NAMESPACES = 7;
const REPOSITORIES = 30;
const BRANCHES = 50;
const SENDERS = 80;
const NODES = 60;
const DAY_MS = 86_400_000;
const SECOND_US = 1_000_000;

/** The same index and period give the same story. */
export function runStory(index: number, period: Period): RunStory {
  const dice = seededDice(`run ${index}`);
  const pipelineNumber = dice.below(PIPELINES);
  const pipeline = pipelineName(pipelineNumber);
  const failedName = dice.share() < FAILURES ? dice.pick(MAY_FAIL) : undefined;
  const tasks = playTasks({ dice, pace: 0.5 + pipelineNumber / PIPELINES, failedName });
  markCriticalPath(tasks);
  return {
    uid: dice.uuid(),
    name: `${pipeline}-${dice.nameSuffix()}`,
    namespace: `team-${pipelineNumber % NAMESPACES}-tenant`,
    pipeline,
    repository: `service-${dice.below(REPOSITORIES)}`,
    branch: branchName(dice.share() < 0.4 ? 0 : dice.below(BRANCHES)),
    revision: dice.hex(20),
    sender: `developer-${dice.below(SENDERS)}`,
    startNs: startOf(index, period),
    endUs: Math.max(...tasks.map(({ endUs }) => endUs)),
    tasks,
    failed: tasks.find(({ name }) => name === failedName),
  };
}

/** Numbers from 20 on begin again. */
export function pipelineName(number: number): string {
  return `build-${number % PIPELINES}`;
}

/** The first is `main`, on which four runs in ten are. */
export function branchName(number: number): string {
  return number % BRANCHES === 0 ? "main" : `feature-${number % BRANCHES}`;
}

/** Kubernetes writes creation times in whole seconds. */
function startOf(index: number, { runs, days, untilMs }: Period): bigint {
  const beforeUntilMs = ((runs - index) / runs) * days * DAY_MS;
  return BigInt(Math.floor((untilMs - beforeUntilMs) / 1_000)) * 1_000_000_000n;
}

function playTasks({
  dice,
  pace,
  failedName,
}: {
  dice: Dice;
  pace: number;
  failedName: string | undefined;
}): TaskStory[] {
  const played: TaskStory[] = [];
  for (const plan of PLAN) {
    const waitedFor = plan.name === FINALLY ? played : played.filter(({ name }) => plan.after.includes(name));
    const startUs = Math.max(SECOND_US, ...waitedFor.map(({ endUs }) => endUs));
    played.push(playTask({ dice, pace, plan, startUs, fails: plan.name === failedName }));
  }
  return played;
}

function playTask({
  dice,
  pace,
  plan,
  startUs,
  fails,
}: {
  dice: Dice;
  pace: number;
  plan: TaskPlan;
  startUs: number;
  fails: boolean;
}): TaskStory {
  const scheduledUs = startUs + micros(dice, 0.3);
  const pulledUs = plan.name === "clone" ? undefined : scheduledUs + micros(dice, 6);
  let clock = (pulledUs ?? scheduledUs) + SECOND_US / 2;
  const steps = plan.steps.map((name, position) => {
    const startUs = wholeMillis(clock);
    clock = startUs + wholeMillis(micros(dice, plan.seconds * pace));
    const isFailed = fails && position === plan.steps.length - 1;
    return { name, startUs, endUs: clock, exitCode: isFailed ? dice.pick([1, 1, 1, 2, 127, 137]) : 0 };
  });
  return {
    name: plan.name,
    uid: dice.uuid(),
    podUid: dice.uuid(),
    node: `worker-${dice.below(NODES)}.cluster.example`,
    after: plan.after,
    isFinally: plan.name === FINALLY,
    isCritical: false,
    startUs,
    scheduledUs,
    pulledUs,
    steps,
    endUs: Math.ceil(clock / SECOND_US) * SECOND_US,
  };
}

/** On average as long as is typical, at least half of it, one time in a hundred some three times as long. */
function micros(dice: Dice, typicalSeconds: number): number {
  return Math.ceil(typicalSeconds * SECOND_US * (0.5 - 0.5 * Math.log(1 - dice.share())));
}

function wholeMillis(us: number): number {
  return Math.ceil(us / 1_000) * 1_000;
}

/** Back from what `finally` waited for longest, along what each task waited for longest. */
function markCriticalPath(tasks: TaskStory[]): void {
  for (const task of tasks.filter(({ isFinally }) => isFinally)) task.isCritical = true;
  let candidates = tasks.filter(({ isFinally }) => !isFinally);
  while (candidates.length > 0) {
    const last = candidates.reduce((a, b) => (b.endUs > a.endUs ? b : a));
    last.isCritical = true;
    candidates = tasks.filter(({ name }) => last.after.includes(name));
  }
}
