import { beforeAll, describe, expect, it } from "vitest";
import type { Span } from "../trace/index.ts";
import type { CompareGroupsAnswer, CompareRunsAnswer } from "./answers/index.ts";
import { COMPARE } from "./compare.ts";
import { ERRORS, generalMessage } from "./errors.ts";
import { TREND } from "./pipelines.ts";
import { openScene, push, type Scene, task } from "./scene.testing.ts";
import { median, quantile, seededRandom } from "./statistics.ts";
import { TASKS } from "./tasks.ts";

/** Build and lint side by side, then a test that is slower on the branch dev; it fails now and then, and once by luck. */
let scene: Scene;
beforeAll(async () => {
  const random = seededRandom(1);
  const pushes = Array.from({ length: 60 }, (_, index) => {
    const branch = index % 2 === 0 ? "main" : "dev";
    const seconds = (about: number) => about + Math.floor(about * 0.3 * random());
    return push({
      branch,
      hoursAgo: 300 - index * 4,
      // Pushes 20 and 22 are of one commit, and only the first fails.
      ...(index === 20 || index === 22 ? { sha: "c0ffee".padEnd(40, "0") } : {}),
      tasks: [
        task("build", seconds(60)),
        task("lint", seconds(20)),
        task("test", seconds(branch === "dev" ? 150 : 100), {
          runAfter: ["build", "lint"],
          exitCodes: index % 20 === 0 ? [3] : index === 33 ? [1, 0] : [0],
          retries: index === 33 ? 1 : undefined,
        }),
        task("deploy", 5, {
          runAfter: ["test"],
          when: [{ input: branch, operator: "in", values: ["main"] }],
        }),
      ],
      finally: [task("notify", 3)],
    });
  });
  scene = await openScene(pushes);
}, 60_000);

/** Spans of whole tasks. */
function tasksNamed(name: string, branch?: string): Span[] {
  return scene.runs
    .filter(({ scenario }) => branch === undefined || scenario.pullRequest?.sourceBranch === branch)
    .flatMap(({ trace }) => trace.resourceSpans.spans)
    .filter(
      ({ attributes }) =>
        attributes["throughline.type"] === "taskrun" && attributes["tekton.pipeline_task.name"] === name,
    );
}

const millis = ({ startNs, endNs }: { startNs: bigint; endNs: bigint }) => Number(endNs - startNs) / 1e6;

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe("the tasks", () => {
  it("are told as their spans are", async () => {
    const { tasks, runs } = await scene.ask(TASKS, { pipeline: "ship" });
    expect(runs).toBe(60);
    const total = sum(scene.runs.map(({ trace }) => millis(trace)));
    for (const row of tasks) {
      const spans = tasksNamed(row.task);
      const durations = spans.map(millis).sort((a, b) => a - b);
      const waits = spans.map(({ attributes }) => Number(attributes["throughline.wait_ns"] ?? 0) / 1e6);
      const critical = sum(
        spans.map(({ attributes }) => Number(attributes["throughline.task.critical_path_ns"] ?? 0) / 1e6),
      );
      expect(row.runs).toBe(spans.length);
      expect(row.p50Ms).toBeCloseTo(quantile(durations, 0.5), 2);
      expect(row.p95Ms).toBeCloseTo(quantile(durations, 0.95), 2);
      expect(row.waitP50Ms).toBeCloseTo(median(waits), 2);
      expect(row.criticalShare).toBeCloseTo(critical / total, 5);
    }
    expect(tasks.map(({ task }) => task).sort()).toEqual(["build", "deploy", "lint", "notify", "test"]);
  });

  it("have the bottleneck on top, and nothing to gain from what runs beside it", async () => {
    const { tasks, replayedRuns } = await scene.ask(TASKS, { pipeline: "ship" });
    const of = (name: string) => tasks.find(({ task }) => task === name);
    expect(replayedRuns).toBe(60);
    expect(tasks[0]?.task).toBe("test");
    expect(of("test")?.halvedSavesMs).toBeGreaterThan(45_000);
    expect(of("build")?.halvedSavesMs).toBeGreaterThan(20_000);
    expect(of("lint")?.halvedSavesMs).toBe(0);
    expect(of("test")?.failureRate).toBeCloseTo(3 / 60);
    expect(of("test")?.retryRate).toBeCloseTo(1 / 60);
    expect(of("deploy")?.skipRate).toBeGreaterThan(0.4);
  });

  it("can be asked of some runs only", async () => {
    const { tasks } = await scene.ask(TASKS, { branch: "dev", result: "success", task: "test" });
    expect(tasks).toMatchObject([{ task: "test", runs: 30, failureRate: 0 }]);
    const failed = await scene.ask(TASKS, { result: "failure", task: "test" });
    expect(failed.tasks).toMatchObject([{ task: "test", runs: 3, failureRate: 1 }]);
  });
});

describe("the errors", () => {
  it("say what fails, how often and why", async () => {
    const { series } = await scene.ask(ERRORS, {});
    expect(series).toMatchObject([
      {
        pipeline: "ship",
        task: "test",
        total: 60,
        failed: 3,
        exitCodes: [
          { exitCode: 3, count: 3 },
          { exitCode: 1, count: 1 },
        ],
      },
    ]);
    const [first] = series;
    expect(sum(first?.points.map(({ total }) => total) ?? [])).toBe(60);
    expect(sum(first?.points.map(({ failed }) => failed) ?? [])).toBe(3);
    expect(first?.messages).toMatchObject([{ count: 3, message: expect.stringContaining("code 3") }]);
    expect(first?.messages[0]?.lastTraceId).toBe(scene.runs[40]?.trace.traceId);
  });

  it("can be asked by pipeline and hour", async () => {
    const { series } = await scene.ask(ERRORS, { by: "pipeline", bucket: "hour" });
    expect(series).toMatchObject([{ pipeline: "ship", total: 60, failed: 3 }]);
    expect(series[0]).not.toHaveProperty("task");
    expect(series[0]?.points).toHaveLength(60);
  });

  it("tell luck from faults", async () => {
    const { flaky } = await scene.ask(ERRORS, {});
    const failed = scene.runs[20]?.trace.traceId;
    const passed = scene.runs[22]?.trace.traceId;
    const retried = scene.runs[33]?.trace.traceId;
    expect(flaky).toMatchObject([
      { pipeline: "ship", task: "test", step: "run", repository: "shop/web", flips: 2 },
    ]);
    expect(flaky[0]?.commits).toMatchObject([
      { failedTraceId: retried, passedTraceId: retried },
      { revision: "c0ffee".padEnd(40, "0"), failedTraceId: failed, passedTraceId: passed },
    ]);
  });

  it("are one where they differ in ids and numbers only", () => {
    const message =
      'pod build-7k2mq on 10.0.3.7: "step-run" exited with code 137 (image: sha256:9f86d081884c7d65) after 61s';
    expect(generalMessage(message)).toBe(
      'pod build-… on ….….….…: "step-run" exited with code 137 (image: sha256:…) after …',
    );
    expect(generalMessage("0f57e147-e992-4304-8977-436289d10628 is gone")).toBe("… is gone");
  });
});

describe("a comparison", () => {
  it("of two branches calls news what is, and nothing else", async () => {
    const answer = (await scene.ask(COMPARE, { a: "branch:main", b: "branch:dev" })) as CompareGroupsAnswer;
    const durations = (branch: string) =>
      scene.runs
        .filter(
          ({ scenario, trace }) =>
            scenario.pullRequest?.sourceBranch === branch && trace.result === "success",
        )
        .map(({ trace }) => millis(trace));
    expect(answer.overall.a.p50Ms).toBeCloseTo(median(durations("main")), 2);
    expect(answer.overall.changeMs).toBeCloseTo(median(durations("dev")) - median(durations("main")), 2);
    expect(answer.overall).toMatchObject({
      isSignificant: true,
      a: { runs: 30, failureRate: 0.1 },
      b: { runs: 30 },
    });
    expect(answer.tasks[0]).toMatchObject({ task: "test", isSignificant: true });
    expect(answer.tasks.filter(({ isSignificant }) => isSignificant)).toHaveLength(1);
    expect(answer.tasks.find(({ task }) => task === "deploy")).toMatchObject({
      b: { runs: 0 },
      isSignificant: false,
    });
    const mainTests = tasksNamed("test", "main").filter(
      ({ attributes }) => attributes["cicd.pipeline.task.run.result"] === "success",
    );
    expect(answer.tasks[0]?.a.p50Ms).toBeCloseTo(median(mainTests.map(millis)), 2);
  });

  it("of a time with another of the same finds nothing", async () => {
    const answer = (await scene.ask(COMPARE, {
      a: "period:13d..7d",
      b: "period:7d..now",
      branch: "main",
    })) as CompareGroupsAnswer;
    expect(answer.a.runs + answer.b.runs).toBe(30);
    expect([answer.overall, ...answer.tasks].some(({ isSignificant }) => isSignificant)).toBe(false);
  });

  it("of two runs goes task by task", async () => {
    const [a, b] = [scene.runs[2], scene.runs[3]];
    const answer = (await scene.ask(COMPARE, {
      a: `run:${a?.trace.name}`,
      b: `run:${b?.trace.traceId}`,
    })) as CompareRunsAnswer;
    expect([answer.a.name, answer.b.name]).toEqual([a?.trace.name, b?.trace.name]);
    const test = answer.tasks.find(({ task }) => task === "test");
    expect(test?.changeMs).toBe((test?.b?.durationMs ?? 0) - (test?.a?.durationMs ?? 0));
    expect(answer.tasks.find(({ task }) => task === "deploy")).toMatchObject({
      a: { result: "success" },
      b: { result: "skip" },
    });
  });

  it.each([
    [{ a: "branch:main" }, /b is missing/],
    [{ a: "main", b: "dev" }, /a: "main" is no side; write branch:NAME/],
    [{ a: "run:x", b: "branch:dev" }, /a run can be compared with another run only/],
    [{ a: "period:1d", b: "period:2d..1d" }, /"1d" is no period/],
    [{ a: "run:nobody", b: "run:nobody" }, /there is no run or trace "nobody"/],
  ])("does not guess what is meant by %j", async (sides, message) => {
    await expect(async () => scene.ask(COMPARE, sides as unknown as Record<string, string>)).rejects.toThrow(
      message,
    );
  });
});

describe("the trend of a pipeline", () => {
  it("has a point for each day with runs", async () => {
    const { points, changes } = await scene.ask(TREND, { pipeline: "ship" });
    expect(sum(points.map(({ runs }) => runs))).toBe(60);
    expect(sum(points.map(({ failed }) => failed))).toBe(3);
    expect(changes).toEqual([]);
  });
});
