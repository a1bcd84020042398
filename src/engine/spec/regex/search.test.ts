import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchesPattern } from "./search.ts";

describe("matching as RE2 does", () => {
  it.each([
    ["v1.2.3", String.raw`^v\d+\.\d+\.\d+$`, true],
    ["v1.2", String.raw`^v\d+\.\d+\.\d+$`, false],
    ["refs/heads/release-1.2", "^refs/heads/(main|release-.*)$", true],
    ["one\ntwo", "^two$", false],
    ["one\ntwo", "(?m)^two$", true],
    ["one\n", "one$", false],
    ["a\nb", "a.b", false],
    ["a\nb", "(?s)a.b", true],
    ["MAIN", "(?i)^main$", true],
    ["MAIN x", "(?i:main) x", true],
    ["MAIN X", "(?i:main) x", false],
    ["MAIN x", "(?i)main(?-i) x", true],
    ["a.b", String.raw`^\Qa.b\E$`, true],
    ["axb", String.raw`\Qa.b`, false],
    ["Zürich", String.raw`^\p{Lu}\pL+$`, true],
    ["Ωμέγα", String.raw`^\p{Greek}+$`, true],
    ["abc", String.raw`^\P{Greek}+$`, true],
    ["tab\there", String.raw`\x{9}h`, true],
    ["x-y", "^[[:alpha:]-]+$", true],
    ["]a", "^[]a]+$", true],
    ["a-b", String.raw`^[a\-b]{3}$`, true],
    ["foo bar", String.raw`\bbar\b`, true],
    ["foobar", String.raw`\bbar`, false],
    ["a{b", "a{b", true],
    ["aaa", "^a{2}$", false],
    ["aaa", "^a{2,}?$", true],
    ["😀😀", "^.{2}$", true],
    ["sha", "(?P<name>s)(?<other>h)a", true],
    ["", "", true],
  ])("looks into %j for %s: %s", (text, pattern, isMatch) => {
    expect(matchesPattern(text, pattern)).toBe(isMatch);
  });

  it.each([
    String.raw`(a)\1`,
    "a(?=b)",
    "(?<!a)b",
    "(a",
    "a)",
    "[a",
    "*a",
    "a**",
    "a{1001}",
    "a{3,2}",
    String.raw`\y`,
    "[z-a]",
    "[[:nothing:]]",
    "[[:constructor:]]",
    String.raw`\p{Nothing}`,
    "\\",
    "(".repeat(500),
    "((a{1000}){1000}){1000}",
    "((((a{0}){1000}){1000}){1000}){1000}",
    "(((((){1000}){1000}){1000}){1000}){1000}",
  ])("refuses %s", (pattern) => {
    expect(() => matchesPattern("text", pattern)).toThrow(/pattern|RE2|set/);
  });

  it("agrees with JavaScript where both have the same syntax", () => {
    const pattern = fc.letrec<{ choice: string; part: string }>((tie) => ({
      choice: fc
        .array(fc.array(tie("part"), { maxLength: 3 }), { minLength: 1, maxLength: 3 })
        .map((options) => options.map((parts) => parts.join("")).join("|")),
      part: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom("a", "b", "c", ".", "[ab]", "[^a]", "^", "$", "\\w", "\\b"),
        fc
          .tuple(tie("choice"), fc.constantFrom("", "*", "+", "?", "{2}", "{1,2}", "+?"))
          .map(([inner, count]) => `(?:${inner})${count}`),
      ),
    })).choice;
    const text = fc.string({ unit: fc.constantFrom("a", "b", "c", " "), maxLength: 8 });
    fc.assert(
      fc.property(pattern, text, (source, input) => {
        expect(matchesPattern(input, source)).toBe(new RegExp(source, "u").test(input));
      }),
      { numRuns: 500 },
    );
  });

  it("does not try all ways through a hostile pattern", () => {
    const text = `${"a".repeat(2000)}!`;
    for (const pattern of ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(a*)*(a*)*(a*)*$b", "^(.*a){20}b$"]) {
      expect(matchesPattern(text, pattern)).toBe(false);
    }
  });

  it("refuses text and pattern that are too large together", () => {
    expect(() => matchesPattern("a".repeat(100_000), "(a{500}b)*")).toThrow("too large");
  });
});
