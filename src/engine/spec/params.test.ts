import { describe, expect, it } from "vitest";
import { settleParams } from "./params.ts";

describe("settled params", () => {
  it("are what was given, else the default, and what was given beyond", () => {
    const { values, problems } = settleParams({
      specs: [{ name: "a" }, { name: "b", default: "B" }],
      given: [
        { name: "extra", value: "E" },
        { name: "a", value: "A" },
      ],
    });
    expect([...values]).toEqual([
      ["a", "A"],
      ["b", "B"],
      ["extra", "E"],
    ]);
    expect(problems).toEqual([]);
  });

  it("complete an object with the keys of its default", () => {
    const specs = [{ name: "o", properties: { a: {}, b: {}, c: {} }, default: { a: "1", b: "2" } }];
    const { values, problems } = settleParams({ specs, given: [{ name: "o", value: { b: "3" } }] });
    expect(values.get("o")).toEqual({ a: "1", b: "3" });
    expect(problems).toMatchObject([{ kind: "missingKeys", param: "o" }]);
    expect(problems[0]?.message).toContain("[c]");
  });

  it.each([
    ["missing", { name: "p" }, []],
    ["wrongType", { name: "p", type: "array" as const }, [{ name: "p", value: "text" }]],
    ["notInEnum", { name: "p", enum: ["v1", "v2"] }, [{ name: "p", value: "v3" }]],
  ])("name what is %s", (kind, spec, given) => {
    expect(settleParams({ specs: [spec], given }).problems).toMatchObject([{ kind, param: "p" }]);
  });

  it("word an enum's refusal as Tekton does", () => {
    const { problems } = settleParams({
      specs: [{ name: "p", enum: ["a"] }],
      given: [{ name: "p", value: "v" }],
    });
    expect(problems[0]?.message).toBe("param `p` value: v is not in the enum list");
  });
});

describe("defaults that refer to other params", () => {
  it("are resolved in any order, from what was given and from other defaults", () => {
    const { values, problems } = settleParams({
      specs: [
        {
          name: "image",
          default: "$(params.registry)/$(params['my.app']):$(params.list[1])-$(params.object.key)",
        },
        { name: "my.app", default: "$(params.given)-app" },
        { name: "given" },
        { name: "list", type: "array", default: ["x", "$(params.given)"] },
        { name: "object", type: "object", default: { key: "k" } },
        { name: "copy", type: "array", default: "$(params.list[*])" as string },
        { name: "registry", default: "reg" },
      ],
      given: [{ name: "given", value: "G" }],
    });
    expect(problems).toEqual([]);
    expect(values.get("image")).toBe("reg/G-app:G-k");
    expect(values.get("copy")).toEqual(["x", "G"]);
  });

  it("are refused when they refer to themselves, however indirectly", () => {
    const { problems } = settleParams({
      specs: [
        { name: "a", default: "$(params.b)" },
        { name: "b", default: "$(params.a)" },
      ],
      given: [],
    });
    expect(problems.filter(({ kind }) => kind === "circular")).toHaveLength(1);
    expect(problems.map(({ message }) => message).join("\n")).toContain(
      "parameter resolution failed: circular dependency detected in param",
    );
  });

  it("are refused when they refer to a param nobody declares", () => {
    const { problems } = settleParams({ specs: [{ name: "a", default: "$(params.b)" }], given: [] });
    expect(problems).toEqual([
      {
        kind: "undefinedReference",
        param: "a",
        message: 'parameter resolution failed: param "a" references undefined param "b"',
      },
    ]);
  });

  it("may be ten deep and no deeper", () => {
    const chain = (length: number) =>
      Array.from({ length }, (_, index) => ({
        name: `p${index}`,
        default: index === length - 1 ? "end" : `$(params.p${index + 1})`,
      }));
    expect(settleParams({ specs: chain(11), given: [] }).values.get("p0")).toBe("end");
    expect(settleParams({ specs: chain(12), given: [] }).problems).toMatchObject([{ kind: "tooDeep" }]);
  });

  it("refuses defaults that grow out of all proportion", () => {
    const specs = Array.from({ length: 10 }, (_, at) => ({
      name: `p${at}`,
      default: at === 0 ? "x" : `$(params.p${at - 1})`.repeat(10),
    }));
    const { problems } = settleParams({ specs, given: [] });
    expect(problems.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("its default is longer"),
    );
  });
});
