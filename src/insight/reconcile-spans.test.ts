import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isReconcile, withNothingElseBelow } from "./reconcile-spans.ts";

describe("a span of a reconciler", () => {
  it("is told by its type, and where it has none by its service", () => {
    expect(isReconcile({ type: "reconcile", service: "x" })).toBe(true);
    expect(isReconcile({ type: "", service: "taskrun-reconciler" })).toBe(true);
    expect(isReconcile({ type: "taskrun", service: "taskrun-reconciler" })).toBe(false);
    expect(isReconcile({ type: "", service: "shop" })).toBe(false);
  });
});

describe("spans that can be left out", () => {
  it("have nothing else below them, however deep", () => {
    const drawn = fc.array(fc.record({ above: fc.integer({ min: -1, max: 20 }), isMeant: fc.boolean() }));
    fc.assert(
      fc.property(drawn, (spans) => {
        const parent = spans.map(({ above }, index) => (above < index ? above : -1));
        const alone = withNothingElseBelow({ parent, isMeant: (index) => spans[index]?.isMeant === true });
        for (const [index, { isMeant }] of spans.entries()) {
          const children = parent.flatMap((above, child) => (above === index ? [child] : []));
          expect(alone[index] === 1).toBe(isMeant && children.every((child) => alone[child] === 1));
        }
      }),
    );
  });
});
