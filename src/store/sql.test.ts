import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { joinSql, sql } from "./sql.ts";

describe("sql", () => {
  it("writes values as literals", () => {
    const { text } = sql`SELECT ${"it's"}, ${5n}, ${0.5}, ${true}, ${["a", "b\\"]}`;
    expect(text).toBe(String.raw`SELECT 'it\'s', 5, 0.5, 1, ['a', 'b\\']`);
  });

  it("takes SQL as SQL", () => {
    const condition = joinSql([sql`Pipeline = ${"build"}`, sql`Duration > ${1n}`], " AND ");
    expect(sql`SELECT 1 WHERE ${condition}`.text).toBe("SELECT 1 WHERE Pipeline = 'build' AND Duration > 1");
  });

  it("joins nothing to what stands for it", () => {
    expect(joinSql([], " AND ", sql`1`).text).toBe("1");
  });

  it("never lets a text end its literal", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        const { text } = sql`${value}`;
        const inside = text.slice(1, -1).replaceAll(/\\./gs, "");
        expect(inside).not.toContain("'");
        expect(inside).not.toContain("\\");
      }),
    );
  });

  it("refuses numbers that are none", () => {
    expect(() => sql`${Number.NaN}`).toThrow("NaN cannot be written in SQL");
  });
});
