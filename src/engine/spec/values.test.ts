import { describe, expect, it } from "vitest";
import { paramTypeOf, paramValueOf, typeOfValue } from "./values.ts";

describe("param values", () => {
  it.each([
    ["a text", "text", "text"],
    ["a number", 3.5, "3.5"],
    ["a boolean", false, "false"],
    ["nothing", null, ""],
    ["a list of texts", ["a", "b"], ["a", "b"]],
    ["an object of texts", { a: "b" }, { a: "b" }],
    ["a list of other things", [1, "a"], '[1,"a"]'],
    ["a nested object", { a: { b: "c" } }, '{"a":{"b":"c"}}'],
  ])("reads %s as Tekton does", (_, raw, value) => {
    expect(paramValueOf(raw)).toEqual(value);
  });

  it("infers the type of a param from its properties, its default, or else as string", () => {
    expect(paramTypeOf({ name: "p", type: "array" })).toBe("array");
    expect(paramTypeOf({ name: "p", properties: { a: {} }, default: "x" })).toBe("object");
    expect(paramTypeOf({ name: "p", default: ["a"] })).toBe("array");
    expect(paramTypeOf({ name: "p" })).toBe("string");
    expect(typeOfValue({ a: "b" })).toBe("object");
  });
});
