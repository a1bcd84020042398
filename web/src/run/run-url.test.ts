import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isStep, type RunUrl, readRunUrl, writeRunUrl } from "./run-url.ts";

const anyUrl: fc.Arbitrary<RunUrl> = fc.record(
  {
    view: fc.constantFrom("timeline" as const, "graph" as const),
    span: fc.string({ minLength: 1 }),
    window: fc
      .tuple(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 1, max: 1e6 }))
      .map(([startMs, length]) => ({
        startMs,
        endMs: startMs + length,
      })),
    words: fc.string(),
    isQuietShown: fc.boolean(),
    isPathShown: fc.boolean(),
    clock: fc.constantFrom("relative" as const, "absolute" as const),
  },
  { requiredKeys: ["view", "words", "isQuietShown", "isPathShown", "clock"] },
);

describe("the address of a Run page", () => {
  it("says all that the page shows", () => {
    fc.assert(
      fc.property(anyUrl, (url) => {
        expect(readRunUrl(writeRunUrl(url))).toEqual(url);
      }),
    );
  });

  it("is short where the page is as it begins", () => {
    expect(writeRunUrl(readRunUrl(""))).toBe("");
  });

  it("is read however it was mangled", () => {
    expect(readRunUrl("?view=x&window=5-2&clock=&path=no")).toEqual(readRunUrl(""));
    expect(readRunUrl("?window=1e999-2").window).toBeUndefined();
  });

  it("is a step of history when a view changes or details open, not when one walks through spans", () => {
    const from = readRunUrl("?span=a");
    expect(isStep(from, { ...from, view: "graph" })).toBe(true);
    expect(isStep(readRunUrl(""), from)).toBe(true);
    expect(isStep(from, { ...from, span: "b" })).toBe(false);
    expect(isStep(from, { ...from, words: "x", window: { startMs: 1, endMs: 2 } })).toBe(false);
  });
});
