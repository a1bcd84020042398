import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadObjects } from "../../test/load.ts";
import { spanTree } from "../../test/span-tree.ts";
import { formatTime } from "../tekton/index.ts";
import { buildTraces, type RunTrace, type Span } from "./index.ts";

/** Dumps of real clusters, with what a person found in each; kept outside the repository. */
const DUMPS = join(import.meta.dirname ?? __dirname, "../../../shared/fixtures/real");
const isThere = existsSync(join(DUMPS, "expected.json"));

interface ExpectedStep {
  name: string | null;
  state: string;
  start: string | null;
  end: string | null;
  exitCode: number | null;
  terminationReason: string | null;
}
interface ExpectedTask {
  taskRun: string;
  pipelineTask: string | null;
  source: string;
  start?: string | null;
  end?: string | null;
  status?: string | null;
  retries?: number;
  steps?: ExpectedStep[];
  failedSteps?: string[];
}
interface ExpectedRun {
  name: string;
  status: string;
  created: string;
  start: string | null;
  end: string | null;
  tasks: number;
  skipped: { name: string; reason: string | null }[];
  failedTasks: string[];
  taskRuns: ExpectedTask[];
}
interface Expected {
  pipelineRuns: ExpectedRun[];
  taskRuns: ExpectedTask[];
  pods: { name: string; taskRun: string | null }[];
}

const expectedDumps: [string, Expected][] = isThere
  ? Object.entries<{ expected: Expected }>(
      JSON.parse(readFileSync(join(DUMPS, "expected.json"), "utf8")),
    ).map(([family, { expected }]) => [family, expected])
  : [];

/** The oldest dump names no steps; there the Pods tell them, and its entry says so. */
const STEPS_FROM_PODS = new Set(["jx-multiple-stages-pods"]);

function typed(run: RunTrace, type: string): Span[] {
  return run.resourceSpans.spans.filter((span) => span.attributes["throughline.type"] === type);
}

function childrenOf(run: RunTrace, parent: Span, type: string): Span[] {
  return typed(run, type).filter((span) => span.parentSpanId === parent.spanId);
}

/** What the objects tell, wherever the span had to be moved to. */
function toldStart({ attributes, startNs }: Span): string {
  return String(attributes["tekton.raw.start_time"] ?? formatTime(startNs));
}
function toldEnd({ attributes, endNs }: Span): string {
  return String(attributes["tekton.raw.end_time"] ?? formatTime(endNs));
}

async function tracesOf(family: string): Promise<RunTrace[]> {
  return buildTraces(await loadObjects(join(DUMPS, family))).runs;
}

describe.skipIf(!isThere)("the trace of a real dump (needs ../shared/fixtures/real)", () => {
  it("is checked for every dump there is", () => {
    const folders = readdirSync(DUMPS, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(expectedDumps.map(([family]) => family).sort()).toEqual(folders.map(({ name }) => name).sort());
  });

  describe.each(expectedDumps)("%s", (family, expected) => {
    it("has one root for each PipelineRun, with its times and outcome", async () => {
      const runs = await tracesOf(family);
      const seen = runs.filter(
        (run) => !(run.resourceSpans.spans[0]?.attributes["throughline.inferred"] ?? false),
      );
      expect(
        seen
          .filter(({ kind }) => kind === "PipelineRun")
          .map(({ name }) => name)
          .sort(),
      ).toEqual(expected.pipelineRuns.map(({ name }) => name).sort());
      for (const wanted of expected.pipelineRuns) {
        const run = findRun(runs, wanted.name);
        expect(typed(run, "pipelinerun")).toHaveLength(1);
        expect(run.isComplete).toBe(wanted.status !== "Unknown");
        expect(run.result === "success").toBe(wanted.status === "True");
        if (wanted.end !== null) expect(formatTime(run.endNs)).toBe(wanted.end);
        const [execute] = typed(run, "execute");
        expect(execute && toldStart(execute)).toBe(wanted.start ?? undefined);
        if (wanted.start !== null) expect(formatTime(run.startNs)).toBe(wanted.created);
      }
    });

    it("has one child for each task, with its times, steps, exit codes and failures", async () => {
      const runs = await tracesOf(family);
      for (const wanted of expected.pipelineRuns) {
        const run = findRun(runs, wanted.name);
        expect(typed(run, "taskrun")).toHaveLength(wanted.tasks);
        for (const task of wanted.taskRuns) checkTask(run, task, STEPS_FROM_PODS.has(family));
      }
      for (const task of expected.taskRuns) checkTask(findRunOfTask(runs, task.taskRun), task, false);
    });

    it("shows skipped tasks as skipped, without length", async () => {
      const runs = await tracesOf(family);
      for (const wanted of expected.pipelineRuns) {
        const skipped = typed(findRun(runs, wanted.name), "skipped");
        expect(skipped.map(({ name }) => name).sort()).toEqual(wanted.skipped.map(({ name }) => name).sort());
        for (const span of skipped) {
          expect(span.endNs).toBe(span.startNs);
          expect(span.attributes["cicd.pipeline.task.run.result"]).toBe("skip");
        }
      }
    });

    it("has a place for every Pod of a task", async () => {
      const runs = await tracesOf(family);
      for (const { name, taskRun } of expected.pods) {
        const spans = runs.flatMap((run) => run.resourceSpans.spans);
        const shown = spans.some(({ attributes }) => attributes["k8s.pod.name"] === name);
        expect(shown).toBe(taskRun !== null);
      }
    });

    it("reads as its golden tree", async () => {
      const trees = (await tracesOf(family)).map(spanTree).join("\n");
      await expect(trees).toMatchFileSnapshot(`golden/${family}.txt`);
    });
  });
});

function findRun(runs: readonly RunTrace[], name: string): RunTrace {
  const run = runs.find((candidate) => candidate.kind === "PipelineRun" && candidate.name === name);
  if (run === undefined) throw new Error(`no trace of PipelineRun ${name}`);
  return run;
}

function findRunOfTask(runs: readonly RunTrace[], taskRun: string): RunTrace {
  const run = runs.find((candidate) =>
    typed(candidate, "taskrun").some((span) => span.attributes["tekton.taskrun.name"] === taskRun),
  );
  if (run === undefined) throw new Error(`no trace of TaskRun ${taskRun}`);
  return run;
}

function checkTask(run: RunTrace, wanted: ExpectedTask, stepsFromPods: boolean): void {
  const spans = typed(run, "taskrun").filter(
    (span) => span.attributes["tekton.taskrun.name"] === wanted.taskRun,
  );
  expect(spans).toHaveLength(1);
  const [span] = spans as [Span];
  expect(span.attributes["tekton.pipeline_task.name"]).toBe(wanted.pipelineTask ?? wanted.taskRun);
  if (wanted.source === "childReference only") {
    expect(span.attributes["throughline.time.resolution"]).toBe("unknown");
    expect(span.endNs).toBe(span.startNs);
    return;
  }
  const started = span.events.find(({ name }) => name === "started");
  const startedAt = started && (started.attributes["tekton.raw.time"] ?? formatTime(started.timeNs));
  expect(startedAt).toBe(wanted.start ?? undefined);
  if (wanted.end) expect(toldEnd(span)).toBe(wanted.end);
  const attempts = wanted.retries ? childrenOf(run, span, "attempt") : [];
  expect(attempts).toHaveLength(wanted.retries ? wanted.retries + 1 : 0);
  if (stepsFromPods) return;
  const steps = childrenOf(run, attempts.at(-1) ?? span, "step");
  expect(steps).toHaveLength(wanted.steps?.length ?? 0);
  for (const step of wanted.steps ?? []) checkStep(steps, step);
  const failed = steps.filter((step) => Number(step.attributes["process.exit.code"] ?? 0) !== 0);
  expect(failed.map((step) => step.attributes["tekton.step.name"])).toEqual(wanted.failedSteps ?? []);
}

function checkStep(steps: readonly Span[], { name, state, start, end, exitCode }: ExpectedStep): void {
  const found = steps.filter((step) => step.attributes["tekton.step.name"] === name);
  expect(found).toHaveLength(1);
  const [step] = found as [Span];
  if (start !== null && state === "terminated") {
    // A Pod tells the start to the millisecond, the TaskRun to the second.
    expect(toldStart(step).slice(0, 19)).toBe(start.slice(0, 19));
    expect(step.attributes["process.exit.code"]).toBe(BigInt(exitCode ?? 0));
  }
  if (end !== null) expect(toldEnd(step)).toBe(end);
  if (state === "running") expect(step.attributes["throughline.provisional"]).toBe(true);
}
