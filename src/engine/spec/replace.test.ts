import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { replaceList, replaceText, replaceValue, replaceWhen } from "./replace.ts";
import {
  joinReplacements,
  paramReplacements,
  resultReplacements,
  stepResultReplacements,
  textReplacements,
} from "./replacements.ts";

const params = paramReplacements(
  new Map<string, string | string[] | Record<string, string>>([
    ["text", "a"],
    ["dotted.name", "d"],
    ["list", ["x", "y"]],
    ["object", { key: "v" }],
    ["empty", []],
  ]),
);

describe("variables in texts", () => {
  it.each([
    ["$(params.text)", "a"],
    ['$(params["text"])', "a"],
    ["$(params['dotted.name'])", "d"],
    ["$(inputs.params.text)", "a"],
    ["$(params.list[1])", "y"],
    ['$(params["list"][0])', "x"],
    ["$(params.object.key)", "v"],
    ["<$(params.text)$(params.text)>", "<aa>"],
    ["$$(params.text)", "$a"],
    ["$(echo $(params.text))", "$(echo a)"],
    ["$params.text $(params.text", "$params.text $(params.text"],
    ["$(params.list[2])", "$(params.list[2])"],
    ["$(params.list[*])", "$(params.list[*])"],
    ["$(params.other)", "$(params.other)"],
    ["$( params.text )", "$( params.text )"],
    ["$(((params.text)", "$(((params.text)"],
  ])("makes %s into %s", (text, replaced) => {
    expect(replaceText(text, params)).toBe(replaced);
  });

  it("does not look again at what was inserted", () => {
    const text = fc.string({ unit: fc.constantFrom("$(", "a", "b", ")", "$", "x") });
    fc.assert(
      fc.property(text, text, text, (template, a, b) => {
        const strings = { a, b };
        expect(replaceText(template, textReplacements(strings))).toBe(naively(template, strings));
      }),
    );
  });

  it("leaves texts without known variables as they are", () => {
    fc.assert(fc.property(fc.string(), (text) => replaceText(text, textReplacements({})) === text));
  });

  it("takes time in proportion to a hostile text", () => {
    const openings = "$(".repeat(500_000);
    expect(replaceText(`${openings})`, params)).toBe(`${openings})`);
    const closings = `$(${")".repeat(500_000)}`;
    expect(replaceText(closings, params)).toBe(closings);
  });
});

describe("variables in lists and values", () => {
  it("puts the elements of an array in place of an element that is its variable", () => {
    expect(
      replaceList(["-a", "$(params.list[*])", "$(params.empty[*])", "$(params.list)", "z"], params),
    ).toEqual(["-a", "x", "y", "x", "y", "z"]);
    expect(replaceList(["-$(params.list[*])"], params)).toEqual(["-$(params.list[*])"]);
  });

  it("splices anywhere without touching the other elements", () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{0,3}$/));
    fc.assert(
      fc.property(words, words, words, (before, list, after) => {
        const known = paramReplacements(new Map([["p", list]]));
        expect(replaceList([...before, "$(params.p[*])", ...after], known)).toEqual([
          ...before,
          ...list,
          ...after,
        ]);
      }),
    );
  });

  it("gives a value that is one variable the type of what it stands for", () => {
    expect(replaceValue("$(params.list[*])", params)).toEqual(["x", "y"]);
    expect(replaceValue("$(params.object[*])", params)).toEqual({ key: "v" });
    expect(replaceValue({ k: "$(params.text)" }, params)).toEqual({ k: "a" });
    expect(replaceValue(["$(params.text)", "$(params.list[*])"], params)).toEqual(["a", "x", "y"]);
  });

  it("writes an array as JSON where a guard has it as input", () => {
    const when = [
      { input: "$(params.list[*])", operator: "in", values: ["$(params.list[*])", "$(params.text)"] },
    ];
    expect(replaceWhen(when, params)).toEqual([
      { input: '["x","y"]', operator: "in", values: ["x", "y", "a"] },
    ]);
    expect(replaceWhen([{ cel: "'$(params.text)' == 'a'" }], params)).toEqual([{ cel: "'a' == 'a'" }]);
  });
});

describe("sets of variables", () => {
  it("know results of tasks and steps in all spellings", () => {
    const results = resultReplacements("tasks", "t", [
      { name: "r.s", value: "1" },
      { name: "list", type: "array", value: ["x"] },
      { name: "object", type: "object", value: { key: "v" } },
    ]);
    expect(replaceText("$(tasks.t.results['r.s'])$(tasks.t.results.list[0])", results)).toBe("1x");
    expect(replaceText('$(tasks.t.results["r.s"])$(tasks.t.results.object.key)', results)).toBe("1v");
    expect(replaceText("$(finally.t.results.list[0])", results)).toBe("$(finally.t.results.list[0])");
    const step = stepResultReplacements("s", [{ name: "r", value: "1" }]);
    expect(replaceText("$(steps.s.results.r)", step)).toBe("1");
  });

  it("keep the earlier meaning when joined", () => {
    const joined = joinReplacements(textReplacements({ a: "1" }), textReplacements({ a: "2", b: "3" }));
    expect(replaceText("$(a)$(b)", joined)).toBe("13");
  });
});

/** The rule as it is told: at each place, the first `$(KEY)` of a known key. */
function naively(text: string, strings: Record<string, string>): string {
  let replaced = "";
  for (let at = 0; at < text.length; ) {
    const key = Object.keys(strings).find((name) => text.startsWith(`$(${name})`, at));
    replaced += key === undefined ? text[at] : strings[key];
    at += key === undefined ? 1 : key.length + 3;
  }
  return replaced;
}
