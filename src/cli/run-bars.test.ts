import { describe, expect, it } from "vitest";
import { received } from "../../test/received.ts";
import type { ReceivedSpan } from "../otlp/index.ts";
import { noObjects, readObject } from "../tekton/index.ts";
import { buildTraces, type RunTrace, spanIds } from "../trace/index.ts";
import type { Bar } from "./bar.ts";
import { barsOfRuns } from "./run-bars.ts";

const UIDS = ["3c1a2f5e-6d0b-4a55-9a53-0f3a5d1e7b11", "3c1a2f5e-6d0b-4a55-9a53-0f3a5d1e7b12"] as const;
const TRACE_ID = "a".repeat(32);

/** Two TaskRuns in one trace, each with a step. */
function runs(): [RunTrace, RunTrace] {
  const objects = noObjects();
  for (const uid of UIDS) {
    const annotations = { "tekton.dev/traceparent": `00-${TRACE_ID}-${"b".repeat(16)}-01` };
    const [startTime, completionTime] = ["2026-08-18T09:15:02Z", "2026-08-18T09:15:09Z"];
    const terminated = { exitCode: 0, reason: "Completed", startedAt: startTime, finishedAt: completionTime };
    const creationTimestamp = "2026-08-18T09:15:01Z";
    const metadata = { name: uid, namespace: "demo", uid, creationTimestamp, annotations };
    const conditions = [{ type: "Succeeded", status: "True", reason: "Succeeded" }];
    const steps = [{ name: "work", container: "step-work", terminated }];
    const status = { startTime, completionTime, conditions, steps };
    readObject({ apiVersion: "tekton.dev/v1", kind: "TaskRun", metadata, spec: {}, status }, objects);
  }
  const [first, second] = buildTraces(objects, { resource: {}, version: "1" }).runs;
  if (first === undefined || second === undefined) throw new Error("there are no two runs");
  return [first, second];
}

const [run, other] = runs();
const step = spanIds.step(run.uid, 1, "work");

let spans = 0;

function sent(name: string, parentSpanId: string | undefined, more: Partial<ReceivedSpan> = {}) {
  spans++;
  const [span] = received([
    {
      resource: {},
      scope: { name: "s", version: "1" },
      spans: [
        {
          traceId: TRACE_ID,
          spanId: spans.toString(16).padStart(16, "0"),
          ...(parentSpanId !== undefined && { parentSpanId }),
          flags: 1,
          name,
          kind: 1,
          startNs: run.startNs + BigInt(spans),
          endNs: run.endNs,
          attributes: {},
          events: [],
          links: [],
          statusCode: 0,
        },
      ],
    },
  ]);
  if (span === undefined) throw new Error("there is no span");
  return { ...span, ...more };
}

function text(bars: readonly Bar[], indent = ""): string[] {
  return bars.flatMap(({ title, mark, children, message }) => [
    `${indent}${mark.text} ${title}${message === undefined ? "" : ` (${message})`}`,
    ...text(children, `${indent}  `),
  ]);
}

function draw(given: readonly ReceivedSpan[], elsewhere: readonly string[] = []): string[] {
  const [, ...below] = text(barsOfRuns([run], { spans: given, elsewhere: new Set(elsewhere) }));
  return below;
}

describe("what steps sent, in the waterfall of their run", () => {
  it("stands below its step, the first begun first, each once", () => {
    const make = sent("make", step);
    const test = sent("test", step);
    const cc = sent("cc", make.spanId);
    expect(draw([cc, test, make, make])).toEqual(["  ✓ step work", "    ▪ make", "      ▪ cc", "    ▪ test"]);
  });

  it("says what failed, and how", () => {
    const attributes = { "process.exit.code": 2n };
    const failed = [
      sent("a", step, { statusCode: 2, attributes }),
      sent("b", step, { statusCode: 2, statusMessage: "no\u001bdisk" }),
      sent("c", step, {
        statusCode: 2,
        attributes: { ...attributes, "error.message": "make: all\nld: no such library\n" },
      }),
    ];
    expect(draw(failed).slice(1)).toEqual([
      "    ! a (exited with code 2)",
      "    ! b (no\u001bdisk)",
      "    ! c (exited with code 2: ld: no such library)",
    ]);
  });

  it("stands at the end where nobody knows its parent, unless another run has it", () => {
    const orphan = sent("orphan", "c".repeat(16));
    const elsewhere = spanIds.step(other.uid, 1, "work");
    const theirs = sent("theirs", elsewhere);
    const given = [orphan, theirs, sent("below theirs", theirs.spanId)];
    expect(draw(given, [elsewhere])).toEqual(["  ✓ step work", "▪ orphan"]);
  });

  it("is left out where it is of another trace, in a circle, of reconcilers, or takes the place of ours", () => {
    const circle = sent("circle", undefined);
    const given = [
      sent("another trace", step, { traceId: "d".repeat(32) }),
      { ...circle, parentSpanId: circle.spanId },
      sent("reconcile", step, { attributes: { "throughline.type": "reconcile" } }),
      sent("wait", step, { attributes: { "throughline.type": "wait" } }),
      sent("imposter", undefined, { spanId: step }),
    ];
    expect(draw(given)).toEqual(["  ✓ step work"]);
  });

  it("never stands above the run, also where it takes the place of what started it", () => {
    const above = sent("above", step, { spanId: "b".repeat(16) });
    expect(draw([above])).toEqual(["  ✓ step work", "    ▪ above"]);
  });

  it("is not believed what it says of results", () => {
    const attributes = {
      "cicd.pipeline.result": "no such",
      "tekton.matrix": 1n,
      "throughline.type": { a: null },
      "process.exit.code": [1n],
    };
    const odd = sent("odd", step, { attributes, endNs: 0n });
    expect(draw([odd])).toEqual(["  ✓ step work", "    ▪ odd"]);
  });
});
