import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Matrix } from "../types/index.ts";
import { combinationCount, expandMatrix, isMatrixed } from "./matrix.ts";

const expand = (matrix: Matrix) =>
  expandMatrix({ name: "t", matrix }).map(({ params, includeName }) => {
    const texts = params.map(({ name, value }) => `${name}=${value}`).join(" ");
    return includeName === undefined ? texts : `${texts} (${includeName})`;
  });

describe("a matrix", () => {
  it("varies the first param fastest and sorts the params of a combination by name", () => {
    const params = [
      { name: "platform", value: ["linux", "mac"] },
      { name: "browser", value: ["safari", "chrome"] },
    ];
    expect(expand({ params })).toEqual([
      "browser=safari platform=linux",
      "browser=safari platform=mac",
      "browser=chrome platform=linux",
      "browser=chrome platform=mac",
    ]);
  });

  it("has the combinations that counting with the first digit fastest gives", () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(sizes, (lengths) => {
        const params = lengths.map((length, at) => ({
          name: `p${at}`,
          value: Array.from({ length }, (_, index) => `${index}`),
        }));
        const count = lengths.reduce((product, length) => product * length, 1);
        const counted = Array.from({ length: count }, (_, combination) => {
          let rest = combination;
          return lengths.map((length, at) => {
            const digit = rest % length;
            rest = Math.floor(rest / length);
            return `p${at}=${digit}`;
          });
        });
        expect(expand({ params })).toEqual(counted.map((texts) => texts.join(" ")));
        expect(combinationCount({ name: "t", matrix: { params } })).toBe(count);
      }),
    );
  });

  it("adds an include to the combinations it does not contradict, or as one of its own", () => {
    const matrix = {
      params: [
        { name: "arch", value: ["amd64", "s390x"] },
        { name: "version", value: ["1", "2"] },
      ],
      include: [
        { name: "common", params: [{ name: "package", value: "p" }] },
        {
          name: "flags",
          params: [
            { name: "arch", value: "s390x" },
            { name: "flags", value: "-v" },
          ],
        },
        {
          name: "context",
          params: [
            { name: "version", value: "2" },
            { name: "context", value: "c" },
          ],
        },
        { name: "new", params: [{ name: "arch", value: "riscv" }] },
      ],
    };
    expect(expand(matrix)).toEqual([
      "arch=amd64 package=p version=1 (common)",
      "arch=s390x flags=-v package=p version=1 (common flags)",
      "arch=amd64 context=c package=p version=2 (common context)",
      "arch=s390x context=c flags=-v package=p version=2 (common flags context)",
      "arch=riscv (new)",
    ]);
  });

  it("of includes alone has each of them", () => {
    const include = ["1", "2"].map((image) => ({
      name: `build-${image}`,
      params: [{ name: "image", value: image }],
    }));
    expect(expand({ include })).toEqual(["image=1 (build-1)", "image=2 (build-2)"]);
  });

  it("is empty when one of its arrays is", () => {
    const params = [
      { name: "a", value: [] },
      { name: "b", value: ["1"] },
    ];
    expect(expand({ params })).toEqual([]);
    expect(expand({ params, include: [{ params: [{ name: "c", value: "1" }] }] })).toEqual([]);
  });

  it("is counted without being expanded when it is far too large", () => {
    const params = Array.from({ length: 40 }, (_, at) => ({ name: `p${at}`, value: ["0", "1"] }));
    expect(combinationCount({ name: "t", matrix: { params } })).toBe(2 ** 40);
  });

  it("that is not there is none", () => {
    expect(isMatrixed({ name: "t" })).toBe(false);
    expect(isMatrixed({ name: "t", matrix: { include: [{}] } })).toBe(true);
  });
});
