import { expect, it } from "vitest";
import { SPAN_FLAGS, type TraceAnswer } from "../insight/index.ts";
import { barsOfAnswer } from "./answer-bars.ts";
import { drawWaterfall } from "./waterfall.ts";

/** A command that failed below a step that failed with it. */
const ANSWER: TraceAnswer = {
  traceId: "1e0c1f2a9b8e4c6da5f3e2b1c0d9a8f7",
  runs: [],
  startTime: "2026-11-20T12:00:00Z",
  durationMs: 10,
  texts: ["", "step make", "make", "step"],
  spans: {
    id: ["1".repeat(16), "2".repeat(16)],
    parent: [-1, 0],
    depth: [0, 1],
    name: [1, 2],
    service: [0, 0],
    type: [3, 0],
    startMs: [0, 1],
    durationMs: [10, 8],
    result: [0, 0],
    flags: [SPAN_FLAGS.error, SPAN_FLAGS.error],
    criticalMs: [0, 0],
    exitCode: [4, 4],
  },
  decisions: [],
  images: [],
  messages: [{ span: 1, message: `ld: \u001b[31mno -lshop ${"x".repeat(200)}` }],
  notes: [],
};

it("says what a command in a step wrote last, printable and cut to the width", () => {
  const { bars, endNs } = barsOfAnswer(ANSWER, { hasReconciles: false });
  const lines = drawWaterfall({ bars, startNs: 0n, endNs, isWhole: true }, { width: 80, hasColour: false });
  const said = lines.filter((line) => line.includes("\u2514"));
  expect(said).toHaveLength(2);
  expect(said[0]?.trim()).toBe("\u2514 exited with code 4");
  expect(said[1]).toContain("\u2514 exited with code 4: ld: \ufffd[31mno -lshop xxx");
  expect(said[1]).toMatch(/\u2026$/);
  expect(said[1]?.length).toBeLessThanOrEqual(80);
});
