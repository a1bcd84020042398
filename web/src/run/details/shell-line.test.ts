import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { shellLine } from "./shell-line.ts";

describe("a command as a shell line", () => {
  it("quotes only what a shell would read otherwise", () => {
    expect(shellLine('["git","commit","-m","it\'s done","--author=a@b.c",""]')).toBe(
      `git commit -m 'it'\\''s done' --author=a@b.c ''`,
    );
  });

  it("takes the first word for the command, whatever it is", () => {
    expect(shellLine('["NAME=x","make","A=1"]')).toBe("'NAME=x' make A=1");
  });

  it("is missing where the arguments are no list", () => {
    for (const text of ["", "make all", "[]", '{"0":"make"}', '["make","al'])
      expect(shellLine(text)).toBe(undefined);
  });

  it("is read by a shell as the same arguments", () => {
    const anyWord = fc.string({ unit: "grapheme" }).filter((word) => !word.includes("\0"));
    fc.assert(
      fc.property(fc.array(anyWord, { minLength: 1 }), (words) => {
        const line = shellLine(JSON.stringify(words)) ?? "";
        const read = execFileSync("sh", ["-c", `printf '%s\\0' ${line}`], { encoding: "utf8" });
        expect(read.split("\0").slice(0, -1)).toEqual(words);
      }),
      { numRuns: 30 },
    );
  });
});
