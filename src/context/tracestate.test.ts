import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { tracestateMembers } from "./arbitraries.ts";
import { formatTracestate, parseTracestate, shortenTracestate } from "./index.ts";

describe("tracestate", () => {
  it("is read into members, from one header or several", () => {
    const members = [
      { key: "foo", value: "1" },
      { key: "bar", value: " 2" },
    ];
    expect(parseTracestate("foo=1, bar= 2")).toEqual(members);
    expect(parseTracestate(["foo=1", "", "bar= 2"])).toEqual(members);
  });

  it("is an empty list where there is nothing in it, and none where something is wrong", () => {
    expect(parseTracestate(" , ")).toEqual([]);
    expect(parseTracestate([])).toEqual([]);
    expect(parseTracestate("foo=1,BAR=2")).toBeUndefined();
  });

  it("counts a repeated key among its 32 members", () => {
    expect(parseTracestate("foo=1,".repeat(32))).toHaveLength(1);
    expect(parseTracestate("foo=1,".repeat(33))).toBeUndefined();
  });

  it("comes back from its text as it was", () => {
    fc.assert(
      fc.property(tracestateMembers, (members) => {
        expect(parseTracestate(formatTracestate(members))).toEqual(members);
      }),
    );
  });
});

describe("shortening a tracestate", () => {
  const large = (key: string) => ({ key, value: "x".repeat(130) });
  const small = (key: string) => ({ key, value: "1" });
  const keysOf = (members: { key: string }[]) => members.map(({ key }) => key).join("");

  it("leaves alone what is short enough", () => {
    expect(shortenTracestate([large("a"), small("b")], 512)).toEqual([large("a"), small("b")]);
  });

  it("drops large members first, the right-most before the others", () => {
    const members = [large("a"), small("b"), large("c"), small("d")];
    expect(keysOf(shortenTracestate(members, 200))).toBe("abd");
    expect(keysOf(shortenTracestate(members, 100))).toBe("bd");
  });

  it("drops small members from the right", () => {
    expect(keysOf(shortenTracestate([small("a"), small("b"), large("c"), small("d")], 7))).toBe("ab");
  });

  it("takes 128 characters for small and 129 for large", () => {
    const members = [{ key: "a", value: "x".repeat(127) }, { key: "b", value: "x".repeat(126) }, small("c")];
    expect(keysOf(shortenTracestate(members, 132))).toBe("bc");
  });

  it("always fits and never reorders", () => {
    fc.assert(
      fc.property(tracestateMembers, fc.integer({ min: 0, max: 600 }), (members, maximumLength) => {
        const kept = shortenTracestate(members, maximumLength);
        expect(formatTracestate(kept).length).toBeLessThanOrEqual(maximumLength);
        expect(kept).toEqual(members.filter((member) => kept.includes(member)));
      }),
    );
  });
});
