import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { typedValue } from "./typed-value.ts";

const REFERENCE = join(import.meta.dirname, "../../../docs/trace-model-reference.md");
const VALUES: Readonly<Record<string, string>> = { int: "42", boolean: "true" };
const TYPES: Readonly<Record<string, string>> = { int: "int64", boolean: "bool" };

describe("the type of an attribute", () => {
  it("is the documented one for every attribute of the trace model", () => {
    const rows = readFileSync(REFERENCE, "utf8").matchAll(/^\| `([^`]+)` \| (\S+) \|/gm);
    const documented = [...rows].map(([, key = "", type = ""]) => ({ key, type }));
    expect(documented.length).toBeGreaterThan(60);
    for (const { key, type } of documented) {
      expect([key, typedValue(key, VALUES[type] ?? "true").type]).toEqual([key, TYPES[type] ?? "string"]);
    }
  });

  it("is text where the value does not fit", () => {
    for (const text of ["", "1.5", "9223372036854775808", "many"]) {
      expect(typedValue("process.exit.code", text)).toEqual({ type: "string", value: text });
    }
    expect(typedValue("throughline.provisional", "maybe").type).toBe("string");
    expect(typedValue("process.exit.code", "-9223372036854775808").value).toBe(-(2n ** 63n));
  });
});
