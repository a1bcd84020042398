import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { randomScenario } from "../../test/generate/index.ts";
import { decodeLogs, encodeLogsJson, type ReceivedLog } from "../otlp/index.ts";
import { type Span, SpanKind, StatusCode } from "../trace/index.ts";
import { MOST_LOGS, SPAN_FLAGS, type TraceAnswer } from "./answers/index.ts";
import { SEARCH, STATUS, VALUES } from "./finding.ts";
import { pathSentence } from "./path-words.ts";
import { keep, openScene, push, type Scene, task } from "./scene.testing.ts";
import { SPAN } from "./span.ts";
import { TRACE } from "./trace.ts";
import { treeOf } from "./trace-tree.ts";

const TRACE_ID = "7d0c1f2a9b8e4c6da5f3e2b1c0d9a8f7";

let scene: Scene;
beforeAll(async () => {
  const pushes = [
    push({
      hoursAgo: 5,
      tasks: [task("build", 30), task("lint", 10), task("test", 60, { runAfter: ["build", "lint"] })],
    }),
    push({ hoursAgo: 4, tasks: [task("build", 30, { exitCodes: [4] })] }),
  ];
  scene = await openScene([
    ...pushes,
    ...Array.from({ length: 40 }, (_, seed) => randomScenario(seed, { onlyFinished: true })),
  ]);
  await keep(scene.store, [
    { resource: { "service.name": "shop" }, scope: { name: "", version: "" }, spans: STRANGE },
    { resource: { "service.name": "tekton" }, scope: { name: "", version: "" }, spans: [...LIVE, ...FAILED] },
  ]);
}, 60_000);

function span(spanId: string, parentSpanId: string | undefined, seconds: number): Span {
  return {
    traceId: TRACE_ID,
    spanId: spanId.repeat(16),
    parentSpanId: parentSpanId?.repeat(16),
    flags: 1,
    name: `span ${spanId}`,
    kind: SpanKind.internal,
    startNs: 1_795_000_000_000_000_000n + BigInt(seconds) * 1_000_000_000n,
    endNs: 1_795_000_001_000_000_000n + BigInt(seconds) * 1_000_000_000n,
    attributes: {},
    events: [],
    links: [],
    statusCode: StatusCode.unset,
  };
}

/** Every other line is from stderr; of the rest that is not known. */
function logsOf(lines: readonly number[]): ReceivedLog[] {
  const records = lines.map((line) => ({
    timeNs: 1_795_000_000_000_000_000n + BigInt(line),
    traceId: LIVE_TRACE_ID,
    spanId: "6".repeat(16),
    flags: 1,
    attributes: { "log.iostream": line % 2 === 1 ? "stderr" : "" },
    body: `line ${line}`,
  }));
  const sent = encodeLogsJson([{ resource: {}, scope: { name: "", version: "" }, records }]);
  const decoded = decodeLogs(Buffer.from(sent), "application/json");
  return decoded.kind === "malformed" ? [] : decoded.logs;
}

/** A root with a child, a span whose parent is missing, and two that are each other's parent. */
const STRANGE = [
  span("1", undefined, 0),
  span("2", "1", 1),
  span("3", "f", 2),
  span("4", "5", 3),
  span("5", "4", 4),
];

const LIVE_TRACE_ID = "1e0c1f2a9b8e4c6da5f3e2b1c0d9a8f7";
const STEP = { "throughline.type": "step", "throughline.provisional": true };
const DECISIONS = ["created Pod x", "requeued"];

/** A step that runs, one that has not begun, and what a reconciler did. */
const LIVE: Span[] = [
  { ...span("6", undefined, 0), traceId: LIVE_TRACE_ID, attributes: STEP },
  {
    ...span("7", "6", 1),
    traceId: LIVE_TRACE_ID,
    attributes: { ...STEP, "tekton.step.never_started": true },
  },
  {
    ...span("8", "6", 2),
    traceId: LIVE_TRACE_ID,
    attributes: { "throughline.type": "reconcile", "throughline.reconcile.decisions": DECISIONS },
  },
];

const FAILED_TRACE_ID = "2e0c1f2a9b8e4c6da5f3e2b1c0d9a8f7";
const WROTE = { "process.exit.code": 4, "error.message": "cc: warning\nld: \u00fcber \n \n" };

/** A step of ours, what it ran, what an SDK says, and what went well. */
const FAILED: Span[] = [
  {
    ...span("9", undefined, 0),
    statusCode: StatusCode.error,
    statusMessage: "ours",
    attributes: { "throughline.type": "step" },
  },
  { ...span("a", "9", 1), statusCode: StatusCode.error, attributes: WROTE },
  { ...span("b", "9", 2), statusCode: StatusCode.error, statusMessage: "x".repeat(600) },
  { ...span("c", "9", 3), attributes: WROTE },
].map((each) => ({ ...each, traceId: FAILED_TRACE_ID }));

/** The tree in words, without ids and times. */
function drawn({ texts, spans }: TraceAnswer): string[] {
  return spans.depth.map((depth, index) => `${"  ".repeat(depth)}${texts[spans.name[index] ?? 0]}`);
}

describe("a trace", () => {
  it("is drawn parents first, siblings by start", async () => {
    const [{ trace } = { trace: undefined }] = scene.runs;
    const answer = await scene.ask(TRACE, { id: trace?.traceId ?? "" });
    expect(drawn(answer).filter((line) => !/wait|execute|schedule|init|pull/.test(line))).toEqual([
      "RUN ship",
      "  lint",
      "    step run",
      "  build",
      "    step run",
      "  test",
      "    step run",
    ]);
    expect(answer.notes).toEqual([]);
    expect(answer.images).not.toEqual([]);
    for (const { span, image } of answer.images) {
      expect(answer.texts[answer.spans.name[span] ?? 0]).toBe("pull image");
      expect(image).not.toContain("/");
    }
    expect(answer.runs).toMatchObject([{ name: trace?.name, span: 0, result: "success" }]);
  });

  it("tells the graph with slack", async () => {
    const [{ trace } = { trace: undefined }] = scene.runs;
    const { runs } = await scene.ask(TRACE, { id: trace?.name ?? "" });
    const tasks = Object.fromEntries(runs[0]?.tasks.map((each) => [each.task, each]) ?? []);
    expect(tasks["test"]).toMatchObject({ after: ["build", "lint"], slackMs: 0 });
    expect(tasks["build"]).toMatchObject({ after: [], slackMs: 0 });
    expect(tasks["lint"]?.slackMs).toBe((tasks["build"]?.durationMs ?? 0) - (tasks["lint"]?.durationMs ?? 0));
  });

  it("has the critical path that the trace was built with, to what the spans tell of it", async () => {
    for (const { trace } of scene.runs) {
      const { runs, spans } = await scene.ask(TRACE, { id: trace.traceId });
      const run = runs.find(({ spanId }) => spanId === trace.spanId);
      const path = run?.criticalPath ?? [];
      const length = path.reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
      expect(length).toBeCloseTo(Number(trace.endNs - trace.startNs) / 1e6, 1);
      for (const [index, part] of path.entries()) {
        if (index > 0) expect(part.startMs).toBe(path[index - 1]?.endMs);
      }
      const inner = new Set(runs.filter((each) => each.spanId !== trace.spanId).map(({ span }) => span));
      if (inner.size > 0) continue;
      for (const [index, share] of spans.criticalMs.entries()) {
        const drawnShare = path
          .filter(({ span }) => span === index)
          .reduce((sum, { startMs, endMs }) => sum + endMs - startMs, 0);
        expect(Math.abs(drawnShare - share), `${trace.name} ${spans.id[index]}`).toBeLessThanOrEqual(1500);
      }
    }
  });

  it("is summed up as in the terminal", async () => {
    const { trace } = scene.runs[0] ?? {};
    const { runs } = await scene.ask(TRACE, { id: trace?.uid ?? "" });
    const parts = (trace?.criticalPath ?? []).map(({ startNs, endNs, ...part }) => ({
      ...part,
      durationNs: endNs - startNs,
    }));
    expect(runs[0]?.summary).toBe(pathSentence((trace?.endNs ?? 0n) - (trace?.startNs ?? 0n), parts));
  });

  it("is drawn whole where parents are missing or go in circles", async () => {
    const answer = await scene.ask(TRACE, { id: TRACE_ID.toUpperCase() });
    expect(drawn(answer)).toEqual(["span 1", "  span 2", "span 3", "span 4", "  span 5"]);
    expect(answer.spans.flags.map((flags) => flags & SPAN_FLAGS.orphan)).toEqual([0, 0, 8, 8, 0]);
    expect(answer).toMatchObject({
      runs: [],
      durationMs: 5000,
      notes: ["2 spans have a parent that is not here"],
    });
  });

  it.each(["0".repeat(32), "nobody", "shop-ci/nobody", "' OR 1 = 1 --"])("is not found: %s", async (id) => {
    await expect(async () => scene.ask(TRACE, { id })).rejects.toMatchObject({ code: "notFound" });
  });
});

describe("the tree of any spans", () => {
  it("has each span once, behind its parent, one level deeper", () => {
    const spans = fc.array(fc.record({ parent: fc.option(fc.nat(30)), start: fc.nat(100) }), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(spans, (drawn) => {
        const tree = treeOf({
          spanIds: drawn.map((_, index) => `s${index}`),
          parentSpanIds: drawn.map(({ parent }) => (parent === null ? "" : `s${parent}`)),
          starts: drawn.map(({ start }) => start),
          durations: drawn.map(() => 1),
        });
        expect(tree.source.toSorted((a, b) => a - b)).toEqual(drawn.map((_, index) => index));
        for (const [place, parent] of tree.parent.entries()) {
          expect(parent).toBeLessThan(place);
          expect(tree.depth[place]).toBe(parent === -1 ? 0 : (tree.depth[parent] ?? 0) + 1);
          if (parent !== -1) expect(tree.end[parent]).toBeGreaterThanOrEqual(tree.end[place] ?? 0);
        }
      }),
    );
  });

  it("may be as deep as there are spans", () => {
    const ids = Array.from({ length: 100_000 }, (_, index) => `s${index}`);
    const tree = treeOf({
      spanIds: ids,
      parentSpanIds: ids.map((_, index) => (index === 0 ? "" : `s${index - 1}`)),
      starts: ids.map(() => 0),
      durations: ids.map(() => 1),
    });
    expect(tree.depth.at(-1)).toBe(99_999);
  });
});

describe("a trace with failures from inside its steps", () => {
  it("has the last line of what they said", async () => {
    const { messages } = await scene.ask(TRACE, { id: FAILED_TRACE_ID });
    expect(messages).toEqual([
      { span: 1, message: "ld: \u00fcber " },
      { span: 2, message: "x".repeat(500) },
    ]);
  });
});

describe("a trace that is not over", () => {
  it("tells steps that have not begun from those that run, and what reconcilers decided", async () => {
    const { spans, texts, decisions } = await scene.ask(TRACE, { id: LIVE_TRACE_ID });
    expect(spans.result.map((result) => texts[result])).toEqual(["running", "running", ""]);
    expect(spans.flags.map((flags) => (flags & SPAN_FLAGS.waiting) !== 0)).toEqual([false, true, false]);
    expect(decisions).toEqual([{ span: 2, decisions: DECISIONS }]);
  });
});

describe("a span", () => {
  it("has the end of its log, says when that is not all, and which stream a line is from", async () => {
    const [first, ...rest] = Array.from({ length: MOST_LOGS + 1 }, (_, line) => line);
    await scene.store.addLogs(logsOf(rest));
    const asked = { id: LIVE_TRACE_ID, spanId: "6".repeat(16) };
    const whole = await scene.ask(SPAN, asked);
    expect([whole.logs.length, whole.isLogCut]).toEqual([MOST_LOGS, undefined]);
    await scene.store.addLogs(logsOf([first ?? 0]));
    const cut = await scene.ask(SPAN, asked);
    expect(cut.isLogCut).toBe(true);
    expect(cut.logs).toEqual(whole.logs);
    expect(cut.logs.slice(0, 3).map(({ body, stream }) => [body, stream])).toEqual([
      ["line 1", "stderr"],
      ["line 2", undefined],
      ["line 3", "stderr"],
    ]);
  });

  it("tells all it has", async () => {
    const failed = scene.runs[1]?.trace;
    const step = failed?.resourceSpans.spans.find(
      ({ attributes }) => attributes["throughline.type"] === "step",
    );
    const answer = await scene.ask(SPAN, { id: failed?.traceId ?? "", spanId: step?.spanId ?? "" });
    expect(answer).toMatchObject({
      name: "step run",
      kind: "internal",
      service: "tekton",
      status: "error",
      parentSpanId: step?.parentSpanId,
      attributes: { "process.exit.code": "4" },
      resource: { "vcs.ref.head.name": "main" },
      logs: [],
    });
    expect(answer.events.map(({ name }) => name)).toContain("terminated");
    await expect(async () =>
      scene.ask(SPAN, { id: failed?.traceId ?? "", spanId: "0" }),
    ).rejects.toMatchObject({ code: "notFound" });
  });
});

describe("the search", () => {
  it("finds a run by whatever it is known by", async () => {
    const { trace } = scene.runs[0] ?? {};
    for (const q of [trace?.traceId, trace?.uid, trace?.spanId, trace?.name, `shop-ci/${trace?.name}`]) {
      const { matches } = await scene.ask(SEARCH, { q: q ?? "" });
      expect(matches[0]).toMatchObject({ kind: "run", traceId: trace?.traceId, name: trace?.name });
    }
  });

  it("finds pipelines, parts of names, and traces that are no run's", async () => {
    const { matches } = await scene.ask(SEARCH, { q: "SHIP" });
    expect(matches[0]).toEqual({ kind: "pipeline", pipeline: "ship", runs: 2 });
    expect(matches.slice(1).map(({ kind }) => kind)).toEqual(["run", "run"]);
    const other = await scene.ask(SEARCH, { q: TRACE_ID });
    expect(other.matches).toMatchObject([{ kind: "trace", name: "span 1", service: "shop" }]);
    expect((await scene.ask(SEARCH, { q: "nothing of the kind" })).matches).toEqual([]);
  });
});

describe("what there is to filter by", () => {
  it("comes most frequent first", async () => {
    expect(await scene.ask(VALUES, { field: "branch", branch: "other" })).toEqual({
      values: [{ value: "main", runs: 2 }],
    });
    const { values } = await scene.ask(VALUES, { field: "pipeline", search: "I" });
    expect(values.map(({ runs }) => runs)).toEqual(values.map(({ runs }) => runs).sort((a, b) => b - a));
  });
});

describe("the status", () => {
  it("counts spans, and says when the last came, also to a process that saw none come", async () => {
    const { spans, lastDataTime = "", ...rest } = await scene.ask(STATUS);
    expect(rest).toEqual({ version: "0.0.0", health: "ok" });
    expect(spans).toBeGreaterThan(100);
    expect(Math.abs(Date.now() - Date.parse(lastDataTime))).toBeLessThan(600_000);
  });
});
