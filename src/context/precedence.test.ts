import { describe, expect, it } from "vitest";
import { type ContextHolder, settleContext } from "./index.ts";

/** A context that says in its trace id where it was put. */
function from(digit: string) {
  const context = { traceId: digit.repeat(32), spanId: digit.repeat(16), flags: 1 };
  const traceparent = `00-${context.traceId}-${context.spanId}-01`;
  return { context, traceparent, json: JSON.stringify({ traceparent }) };
}

const [json, trio, legacy, status] = [from("1"), from("2"), from("3"), from("4")];

const pipelineRun = {
  kind: "PipelineRun",
  annotations: {
    "tekton.dev/pipelinerunSpanContext": json.json,
    "tekton.dev/traceparent": trio.traceparent,
    "tekton/pipelinerun-span-context": legacy.json,
  },
  spanContext: { traceparent: status.traceparent },
} satisfies ContextHolder;

const ranked = [
  { carrier: "annotation tekton.dev/pipelinerunSpanContext", context: json.context },
  { carrier: "annotations tekton.dev/traceparent", context: trio.context },
  { carrier: "annotation tekton/pipelinerun-span-context", context: legacy.context },
  { carrier: "status.spanContext", context: status.context },
];

describe("the context of an object", () => {
  it("is the first of its carriers, and the others are told", () => {
    const [winner, ...others] = ranked;
    expect(settleContext(pipelineRun)).toEqual({ winner, others, invalid: [] });
  });

  it.each([0, 1, 2, 3])("is the next one where the first %i are empty", (count) => {
    const annotations = Object.entries(pipelineRun.annotations).map(([name, value], index) => [
      name,
      index < count ? "" : value,
    ]);
    const [winner, ...others] = ranked.slice(count);
    expect(settleContext({ ...pipelineRun, annotations: Object.fromEntries(annotations) })).toEqual({
      winner,
      others,
      invalid: [],
    });
  });

  it("is the next one where the first are invalid, and those are told with their reasons", () => {
    const annotations = {
      "tekton.dev/pipelinerunSpanContext": "{",
      "tekton.dev/traceparent": "x",
      "tekton/pipelinerun-span-context": "[]",
    };
    expect(settleContext({ ...pipelineRun, annotations })).toEqual({
      winner: ranked[3],
      others: [],
      invalid: [
        { carrier: "annotation tekton.dev/pipelinerunSpanContext", reason: "not JSON" },
        { carrier: "annotations tekton.dev/traceparent", reason: 'traceparent "x" is malformed' },
        {
          carrier: "annotation tekton/pipelinerun-span-context",
          reason: "not a map of header names to values",
        },
      ],
    });
  });

  it("is none where the object carries none", () => {
    const none = { others: [], invalid: [] };
    expect(settleContext({ kind: "TaskRun", annotations: undefined })).toEqual(none);
    expect(settleContext({ kind: "TaskRun", annotations: {}, spanContext: {} })).toEqual(none);
    expect(settleContext({ kind: "TaskRun", annotations: { a: "b" }, spanContext: null })).toEqual(none);
  });
});

describe("the annotations that count", () => {
  const annotations = {
    "tekton.dev/pipelinerunSpanContext": from("a").json,
    "tekton.dev/taskrunSpanContext": from("b").json,
    "tekton.dev/customrunSpanContext": from("c").json,
    "tekton/pipelinerun-span-context": from("d").json,
    "tekton/taskrun-span-context": from("e").json,
  };
  const digitsOf = (kind: ContextHolder["kind"]) => {
    const { winner, others } = settleContext({ kind, annotations });
    return [winner, ...others].map((found) => found?.context.traceId[0]).join("");
  };

  it("are those of the object's kind, since Tekton copies a PipelineRun's to its TaskRuns", () => {
    expect(digitsOf("PipelineRun")).toBe("ad");
    expect(digitsOf("TaskRun")).toBe("be");
    expect(digitsOf("CustomRun")).toBe("c");
  });

  it("are the PipelineRun's on a Snapshot and a Release, where Konflux copies it", () => {
    expect(digitsOf("Snapshot")).toBe("a");
    expect(digitsOf("Release")).toBe("a");
  });
});

describe("the baggage of an object", () => {
  const settledBaggage = (annotations: Record<string, string>, spanContext?: unknown) =>
    settleContext({ kind: "Snapshot", annotations, spanContext }).winner?.context.baggage;

  it("comes from its own annotation where the JSON carrier wins without any", () => {
    const annotations = {
      "tekton.dev/pipelinerunSpanContext": json.json,
      "tekton.dev/baggage": "app = shop",
    };
    expect(settledBaggage(annotations)).toBe("app=shop");
  });

  it("is the JSON carrier's own where it has some", () => {
    const carrier = JSON.stringify({ traceparent: json.traceparent, baggage: "app=own" });
    expect(
      settledBaggage({ "tekton.dev/pipelinerunSpanContext": carrier, "tekton.dev/baggage": "app=shop" }),
    ).toBe("app=own");
  });

  it("is none where the annotation is malformed, or belongs to no annotation that won", () => {
    const malformed = { "tekton.dev/pipelinerunSpanContext": json.json, "tekton.dev/baggage": "a b" };
    expect(settledBaggage(malformed)).toBeUndefined();
    expect(
      settledBaggage({ "tekton.dev/baggage": "app=shop" }, { traceparent: status.traceparent }),
    ).toBeUndefined();
  });
});
