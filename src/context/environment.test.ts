import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { traceContexts } from "./arbitraries.ts";
import { environmentFor, readEnvironment } from "./index.ts";

const traceparent = "00-0f57e147e992b304d977436289d10628-73d5909e31793992-01";
const parent = { traceId: "0f57e147e992b304d977436289d10628", spanId: "73d5909e31793992", flags: 1 };

describe("the environment", () => {
  it("carries ids, tracestate and baggage", () => {
    const environment = { PATH: "/bin", TRACEPARENT: traceparent, TRACESTATE: "foo=1", BAGGAGE: "app=shop" };
    expect(readEnvironment(environment)).toEqual({
      kind: "valid",
      context: { ...parent, tracestate: "foo=1", baggage: "app=shop" },
    });
  });

  it("is read by its exact upper-case names only", () => {
    expect(readEnvironment({ traceparent, Traceparent: traceparent })).toEqual({ kind: "absent" });
    const lowerCaseState = { TRACEPARENT: traceparent, tracestate: "foo=1" };
    expect(readEnvironment(lowerCaseState)).toEqual({ kind: "valid", context: parent });
  });

  it("is absent when TRACEPARENT is empty and invalid when it is malformed", () => {
    expect(readEnvironment({ TRACEPARENT: "" })).toEqual({ kind: "absent" });
    expect(readEnvironment({ TRACEPARENT: "x" })).toMatchObject({ kind: "invalid" });
  });

  it("gives back the context that was written into it", () => {
    fc.assert(
      fc.property(traceContexts, (context) => {
        expect(readEnvironment({ ...environmentFor(context) })).toEqual({ kind: "valid", context });
      }),
    );
  });

  it("of a child process has nothing left of another span", () => {
    const inherited = { ...process.env, TRACESTATE: "old=1", BAGGAGE: "old=1" };
    const { stdout } = spawnSync(process.execPath, ["-p", "JSON.stringify(process.env)"], {
      env: { ...inherited, ...environmentFor({ ...parent, baggage: "app=shop" }) },
      encoding: "utf8",
    });
    expect(readEnvironment(JSON.parse(stdout))).toEqual({
      kind: "valid",
      context: { ...parent, baggage: "app=shop" },
    });
  });
});
