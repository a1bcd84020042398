import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { traceContexts } from "./arbitraries.ts";
import { annotationsFor, readJson, readW3cAnnotations } from "./index.ts";

const traceparent = "00-0f57e147e992b304d977436289d10628-73d5909e31793992-01";
const parent = { traceId: "0f57e147e992b304d977436289d10628", spanId: "73d5909e31793992", flags: 1 };

describe("the annotations of an object about to be created", () => {
  it("hold the JSON carrier of its kind and the W3C trio", () => {
    expect(annotationsFor("taskrun", { ...parent, tracestate: "foo=1", baggage: "app=shop" })).toEqual({
      "tekton.dev/taskrunSpanContext": `{"baggage":"app=shop","traceparent":"${traceparent}","tracestate":"foo=1"}`,
      "tekton.dev/traceparent": traceparent,
      "tekton.dev/tracestate": "foo=1",
      "tekton.dev/baggage": "app=shop",
    });
  });

  it("hold nothing empty", () => {
    expect(annotationsFor("pipelinerun", parent)).toEqual({
      "tekton.dev/pipelinerunSpanContext": `{"traceparent":"${traceparent}"}`,
      "tekton.dev/traceparent": traceparent,
    });
  });

  it("hold at most 512 characters of tracestate, the same in both forms", () => {
    const members = ["a", "b", "c", "d", "e", "f"].map((key) => `${key}=${"x".repeat(100)}`);
    const annotations = annotationsFor("pipelinerun", { ...parent, tracestate: members.join(",") });
    const context = { ...parent, tracestate: members.slice(0, 4).join(",") };
    expect(readJson(annotations["tekton.dev/pipelinerunSpanContext"])).toEqual({ kind: "valid", context });
    expect(readW3cAnnotations(annotations)).toEqual({ kind: "valid", context });
  });

  it("keep baggage in the trio that is too large for the JSON carrier", () => {
    const context = { ...parent, baggage: `a=${"x".repeat(2000)}` };
    const annotations = annotationsFor("pipelinerun", context);
    expect(readJson(annotations["tekton.dev/pipelinerunSpanContext"])).toEqual({
      kind: "valid",
      context: parent,
    });
    expect(readW3cAnnotations(annotations)).toEqual({ kind: "valid", context });
  });

  it("give back the ids and the baggage that were written into them", () => {
    fc.assert(
      fc.property(traceContexts, ({ tracestate: _, ...context }) => {
        expect(readW3cAnnotations(annotationsFor("taskrun", context))).toEqual({ kind: "valid", context });
      }),
    );
  });
});

describe("the W3C annotations", () => {
  it("are absent without annotations, without a traceparent and with an empty one", () => {
    expect(readW3cAnnotations(undefined)).toEqual({ kind: "absent" });
    expect(readW3cAnnotations({ "tekton.dev/tracestate": "foo=1" })).toEqual({ kind: "absent" });
    expect(readW3cAnnotations({ "tekton.dev/traceparent": "" })).toEqual({ kind: "absent" });
  });

  it("are invalid with a malformed traceparent", () => {
    expect(readW3cAnnotations({ "tekton.dev/traceparent": "x" })).toEqual({
      kind: "invalid",
      reason: 'traceparent "x" is malformed',
    });
  });
});
