import { beforeAll, describe, expect, it } from "vitest";
import { randomScenario } from "../../test/generate/index.ts";
import type { RunRow } from "./answers/index.ts";
import { RUNS_HISTOGRAM } from "./histogram.ts";
import { PIPELINES } from "./pipelines.ts";
import { RUNS } from "./runs.ts";
import { openScene, push, type Scene, task } from "./scene.testing.ts";
import { median, quantile } from "./statistics.ts";

let scene: Scene;
let all: RunRow[];
beforeAll(async () => {
  const pushes = Array.from({ length: 30 }, (_, index) =>
    push({
      branch: index % 3 === 0 ? "dev" : "main",
      hoursAgo: 200 - index * 6,
      tasks: [task("build", 20 + 7 * (index % 5), { exitCodes: [index % 10 === 0 ? 2 : 0] })],
    }),
  );
  const others = Array.from({ length: 20 }, (_, seed) => randomScenario(seed));
  scene = await openScene([...pushes, ...others]);
  all = (await scene.ask(RUNS, { limit: "1000" })).runs;
}, 60_000);

const namesOf = (runs: readonly RunRow[]) => runs.map(({ name }) => name);

describe("the runs", () => {
  it("are what the traces of the same objects are", () => {
    const expected = scene.runs.map(({ trace }) => trace).sort((a, b) => Number(b.startNs - a.startNs));
    const outer = all.filter(({ spanId }) => expected.some((trace) => trace.spanId === spanId));
    expect(namesOf(outer)).toEqual(expected.map(({ name }) => name));
    for (const [index, run] of outer.entries()) {
      const trace = expected[index];
      expect(run).toMatchObject({
        traceId: trace?.traceId,
        uid: trace?.uid,
        kind: trace?.kind,
        namespace: trace?.namespace,
        pipeline: trace?.pipeline,
        result: trace?.isComplete ? trace.result : "running",
        durationMs: Number((trace?.endNs ?? 0n) - (trace?.startNs ?? 0n)) / 1e6,
      });
      expect(run.endTime === undefined).toBe(!trace?.isComplete);
    }
  });

  it("say what they were started for", () => {
    expect(all.find(({ branch }) => branch === "dev")).toMatchObject({
      repository: "shop/web",
      change: "7",
      actor: "ada",
      revision: expect.stringMatching(/^[0-9a-f]{40}$/),
    });
  });

  it.each<[string, Record<string, string>, (run: RunRow) => boolean]>([
    ["pipeline", { pipeline: "ship" }, ({ pipeline }) => pipeline === "ship"],
    ["branch", { branch: "dev" }, ({ branch }) => branch === "dev"],
    ["namespace", { namespace: "generated" }, ({ namespace }) => namespace === "generated"],
    ["repository", { repository: "shop/web" }, ({ repository }) => repository === "shop/web"],
    ["result", { result: "failure" }, ({ result }) => result === "failure"],
    [
      "several results",
      { result: "failure,error,running" },
      ({ result }) => /failure|error|running/.test(result),
    ],
    ["duration", { "longer-than": "40s" }, ({ durationMs }) => durationMs > 40_000],
    [
      "both ends of a duration",
      { "longer-than": "30s", "shorter-than": "1m10s" },
      ({ durationMs }) => durationMs > 30_000 && durationMs < 70_000,
    ],
    ["time", { since: "5d" }, ({ startTime }) => startTime >= "2026-11-15T12:00:00Z"],
    [
      "both ends of a time",
      { since: "2026-11-13", until: "2026-11-16T12:00:00Z" },
      ({ startTime }) => startTime >= "2026-11-13" && startTime < "2026-11-16T12:00:00Z",
    ],
    ["a part of a name", { search: "SHIP-" }, ({ name }) => name.startsWith("ship-")],
    ["the start of a revision", { search: "000000" }, ({ revision = "" }) => revision.startsWith("000000")],
    [
      "all at once",
      { pipeline: "ship", branch: "main", result: "success", since: "7d" },
      (run) =>
        run.pipeline === "ship" &&
        run.branch === "main" &&
        run.result === "success" &&
        run.startTime >= "2026-11-13T12:00:00Z",
    ],
    ["what nobody has", { component: "none" }, () => false],
  ])("can be filtered by %s", async (_, filters, isMeant) => {
    const { runs, total } = await scene.ask(RUNS, { ...filters, limit: "1000" });
    const expected = namesOf(all.filter(isMeant));
    expect(namesOf(runs)).toEqual(expected);
    expect(total).toBe(expected.length);
  });

  it.each(["started", "duration", "wait"])("come page by page, sorted by %s", async (sort) => {
    for (const order of ["asc", "desc"]) {
      const { runs: whole } = await scene.ask(RUNS, { sort, order, limit: "1000" });
      const values = whole.map(
        (run) =>
          ({ started: Date.parse(run.startTime), duration: run.durationMs, wait: run.waitMs })[sort] ?? 0,
      );
      expect(values).toEqual(values.toSorted((a, b) => (order === "asc" ? a - b : b - a)));
      const paged: RunRow[] = [];
      let after = "";
      do {
        const page = await scene.ask(RUNS, { sort, order, limit: "7", after });
        paged.push(...page.runs);
        after = page.next ?? "";
      } while (after !== "");
      expect(namesOf(paged)).toEqual(namesOf(whole));
    }
  });

  it.each([
    [{ "longer-than": "ten minutes" }, /longer-than: "ten minutes" is no duration; write/],
    [{ since: "2026-02-30" }, /since: "2026-02-30" is no time; write/],
    [{ result: "broken" }, /result: "broken" is none of success, failure/],
    [{ limit: "0" }, /limit: "0" is no number from 1 to 1000/],
    [{ sort: "wait", after: "started.1.00f067aa0ba902b7" }, /after: .* is not the "next"/],
    [{ since: "1d", until: "2d" }, /until has to be after since/],
    [{ colour: "red" }, /colour is no parameter of this question; it takes pipeline, /],
  ])("are not guessed from %j", async (filters, message) => {
    await expect(async () => scene.ask(RUNS, filters as unknown as Record<string, string>)).rejects.toThrow(
      message,
    );
  });

  it("come as a histogram", async () => {
    const { since, until, bucketMs, buckets } = await scene.ask(RUNS_HISTOGRAM, {
      since: "9d",
      until: "now",
      buckets: "20",
    });
    expect(buckets.length).toBeLessThanOrEqual(20);
    expect(buckets.length * bucketMs).toBe(Date.parse(until) - Date.parse(since));
    for (const { startTime, counts } of buckets) {
      const from = Date.parse(startTime);
      const inIt = all.filter((run) => {
        const at = Date.parse(run.startTime);
        return at >= from && at < from + bucketMs && at >= Date.parse("2026-11-11T12:00:00Z");
      });
      expect(Object.values(counts).reduce((sum, each) => sum + each, 0)).toBe(inIt.length);
    }
  });

  it("are summed up by pipeline", async () => {
    const { pipelines } = await scene.ask(PIPELINES);
    for (const row of pipelines) {
      const runs = all.filter(({ pipeline }) => pipeline === row.pipeline);
      const durations = runs.filter(({ result }) => result !== "running").map(({ durationMs }) => durationMs);
      expect(row.runs).toBe(runs.length);
      expect(row.failed).toBe(runs.filter(({ result }) => /failure|error|timeout/.test(result)).length);
      expect(row.p50Ms).toBeCloseTo(median(durations), 2);
      expect(row.p95Ms).toBeCloseTo(
        quantile(
          durations.sort((a, b) => a - b),
          0.95,
        ),
        2,
      );
      expect(row.lastStartTime).toBe(runs[0]?.startTime);
      expect(row.lastResult).toBe(runs[0]?.result);
    }
    expect(pipelines.map(({ pipeline }) => pipeline).sort()).toEqual(
      [...new Set(all.map(({ pipeline }) => pipeline))].sort(),
    );
  });
});
