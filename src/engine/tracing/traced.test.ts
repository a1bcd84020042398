import { describe, expect, it } from "vitest";
import type { ResourceSpans, Span } from "../../trace/index.ts";
import { type PassSpan, SPAN_NAMES, startPass, traced } from "./index.ts";

interface Pass {
  span: PassSpan;
  log: string[];
}

const demo = traced(
  {
    async outer(pass: Pass, count: number): Promise<number> {
      pass.span.decided("looked");
      const found = demo.inner(pass, count);
      await demo.slow(pass);
      return found;
    },
    inner(pass: Pass, count: number): number {
      pass.log.push(`inner ${count}`);
      return count + 1;
    },
    async slow(_pass: Pass): Promise<void> {
      await Promise.resolve();
    },
    async broken(_pass: Pass): Promise<never> {
      throw Object.assign(new Error("no such Task"), { reason: "NotFound" });
    },
  },
  { inner: "Inner" },
);

const PARENT = { traceId: "1".repeat(32), spanId: "2".repeat(16), flags: 1 };

function passed(flags = 1): { pass: Pass; spans: Span[] } {
  const spans: Span[] = [];
  let nanos = 0n;
  const span = startPass("PipelineRun:ReconcileKind", {
    parent: { ...PARENT, flags },
    identity: { service: "s", scope: "S", version: "1", attributes: { "tekton.pipelinerun.name": "demo" } },
    clock: { now: () => ++nanos },
    onEnd: (given: ResourceSpans) => spans.push(...given.spans),
  });
  return { pass: { span, log: [] }, spans };
}

describe("traced functions", () => {
  it("puts each call into a span of its own, below the span of the caller", async () => {
    const { pass, spans } = passed();
    expect(await demo.outer(pass, 1)).toBe(2);
    pass.span.end();
    const nameOf = (id?: string) => spans.find((each) => each.spanId === id)?.name ?? id;
    expect(spans.map((each) => `${each.name} < ${nameOf(each.parentSpanId)}`)).toEqual([
      `PipelineRun:ReconcileKind < ${PARENT.spanId}`,
      "outer < PipelineRun:ReconcileKind",
      "Inner < outer",
      "slow < outer",
    ]);
    expect(spans[1]?.attributes).toEqual({
      "throughline.type": "reconcile",
      "tekton.pipelinerun.name": "demo",
      "throughline.reconcile.decisions": ["looked"],
    });
    expect(spans.every((each) => each.endNs > each.startNs)).toBe(true);
  });

  it("lets an error through and records it", async () => {
    const { pass, spans } = passed();
    await expect(demo.broken(pass)).rejects.toThrow("no such Task");
    pass.span.end();
    expect(spans[1]).toMatchObject({
      name: "broken",
      statusCode: 2,
      statusMessage: "no such Task",
      attributes: { "error.type": "NotFound" },
    });
  });

  it("records nothing below a parent that is not sampled, and works all the same", async () => {
    const { pass, spans } = passed(0);
    expect(await demo.outer(pass, 4)).toBe(5);
    pass.span.end();
    expect(spans).toEqual([]);
    expect(pass.log).toEqual(["inner 4"]);
  });

  it("tells the names of its spans", () => {
    expect(demo[SPAN_NAMES]).toEqual({ outer: "outer", inner: "Inner", slow: "slow", broken: "broken" });
  });
});
