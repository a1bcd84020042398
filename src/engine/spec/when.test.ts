import { run } from "@bufbuild/cel";
import { describe, expect, it } from "vitest";
import { evaluateWhen } from "./when.ts";

describe("guards with in and notin", () => {
  it.each([
    ["a value that is listed", [{ input: "a", operator: "in", values: ["a", "b"] }], "pass"],
    ["a value that is not", [{ input: "c", operator: "in", values: ["a", "b"] }], "skip"],
    ["notin with a value that is listed", [{ input: "a", operator: "notin", values: ["a"] }], "skip"],
    ["notin with a value that is not", [{ input: "c", operator: "notin", values: ["a"] }], "pass"],
    ["an empty input", [{ operator: "in", values: [""] }], "pass"],
    ["no guard at all", [], "pass"],
    [
      "several, of which one fails",
      [
        { input: "a", operator: "in", values: ["a"] },
        { input: "a", operator: "in", values: ["b"] },
      ],
      "skip",
    ],
  ])("decide on %s", (_, when, kind) => {
    expect(evaluateWhen(when)).toEqual({ kind });
  });
});

describe("guards in CEL", () => {
  it.each([
    "'main' == 'main'",
    "'main' != 'dev' && 'x' in ['x', 'y']",
    "!('z' in ['x', 'y'])",
    "'refs/heads/main'.startsWith('refs/heads/')",
    "'image:v1'.endsWith('v2') || 'image:v1'.contains(':')",
    "'v1.2.3'.matches('^v[0-9]+')",
    "'v1.2.3'.matches(r'^v\\d+\\.\\d+\\.\\d+$')",
    "'release'.matches('(?i)^RELEASE$')",
    "['a', 'bb'].exists(x, x.matches('^b+$'))",
    "['a', 'b'].all(x, x.size() == 1)",
    "['a', 'b'].filter(x, x == 'a').size() == 1",
    "['a', 'b'].map(x, x + x) == ['aa', 'bb']",
    "['a', 'b'].exists_one(x, x == 'b')",
    "size('abc') > 2 ? true : false",
    "int('42') + 1 == 43",
    "double('1.5') < 2.0",
    "string(5) == '5'",
    "10 / 3 == 3 && 10 % 3 == 1",
    "'a' < 'b'",
    "{'env': 'prod'}.env == 'prod'",
    "'env' in {'env': 'prod'}",
    "true || 1 / 0 == 1",
    "'it\\'s' == \"it's\"",
    "'''a\nb''' == 'a\\nb'",
    "timestamp('2026-01-01T00:00:00Z') < timestamp('2026-01-02T00:00:00Z')",
    "duration('1h') > duration('30m')",
    "type('a') == string",
    "b'a' == b'a'",
    "1u + 1u == 2u",
    // What has no meaning:
    "1 / 0 == 1",
    "'a'.matches('(')",
    "undeclared == 'a'",
    "'a' ==",
    "'a' == 'b",
    "['a'][3] == 'a'",
    "{'a': 'b'}.c == 'b'",
    "int('x') == 1",
    "main == 'main'",
    "'a' + 1 == 'a1'",
    "nothing('a')",
  ])("give for %s what another implementation gives", (cel) => {
    expect(evaluateWhen([{ cel }]).kind).toBe(oracle(cel));
  });

  it("may call matches as a function too", () => {
    expect(evaluateWhen([{ cel: "matches('release-1', '^release-')" }])).toEqual({ kind: "pass" });
  });

  it("are errors when they give no boolean", () => {
    expect(evaluateWhen([{ cel: "'text'" }])).toEqual({
      kind: "invalid",
      message: "the CEL expression 'text' is not evaluated to a boolean",
    });
  });

  it("are errors even where another guard fails, and say what is wrong on one line", () => {
    const outcome = evaluateWhen([
      { input: "a", operator: "in", values: ["b"] },
      { cel: "branch == 'main'" },
    ]);
    expect(outcome).toEqual({
      kind: "invalid",
      message: "the CEL expression branch == 'main' cannot be evaluated: Unknown variable: branch",
    });
  });

  it("end soon however hostile their patterns are", () => {
    expect(evaluateWhen([{ cel: `'${"a".repeat(500)}!'.matches('^(a+)+$')` }])).toEqual({ kind: "skip" });
    expect(evaluateWhen([{ cel: `['${"a".repeat(500)}!'].exists(x, x.matches('^(a|a)*$'))` }])).toEqual({
      kind: "skip",
    });
    const outcome = evaluateWhen([{ cel: "'a'.matches('(?=a)')" }]);
    expect(outcome).toMatchObject({ kind: "invalid" });
  });

  it("may nest no deeper than the parser allows", () => {
    expect(evaluateWhen([{ cel: `${"(".repeat(10_000)}true${")".repeat(10_000)}` }]).kind).toBe("invalid");
    expect(evaluateWhen([{ cel: `${"!".repeat(10_000)}true` }]).kind).toBe("invalid");
    expect(evaluateWhen([{ cel: Array(5000).fill("true").join(" && ") }]).kind).toMatch(/pass|invalid/);
  });
});

function oracle(expression: string): "pass" | "skip" | "invalid" {
  try {
    const value: unknown = run(expression);
    return value === true ? "pass" : value === false ? "skip" : "invalid";
  } catch {
    return "invalid";
  }
}
