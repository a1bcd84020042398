import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowsAround, scrollTopFor } from "./row-window.ts";

const view = { height: 500, rowHeight: 24 };

describe("the rows that are drawn", () => {
  it("cover all that is seen, and not much more, however far one has scrolled", () => {
    fc.assert(
      fc.property(fc.nat(60_000), fc.nat(1_500_000), (count, scrolled) => {
        const scrollTop = Math.min(scrolled, Math.max(0, count * 24 - view.height));
        const { first, end } = rowsAround({ ...view, scrollTop, count });
        expect(first * 24).toBeLessThanOrEqual(scrollTop);
        expect(end).toBeGreaterThanOrEqual(Math.min(count, (scrollTop + view.height) / 24));
        expect(end - first).toBeLessThanOrEqual(21 + 64);
      }),
    );
  });

  it("stay the same while one scrolls a little", () => {
    expect(rowsAround({ ...view, scrollTop: 1000, count: 999 })).toEqual(
      rowsAround({ ...view, scrollTop: 1010, count: 999 }),
    );
  });
});

describe("scrolling to a row", () => {
  const to = (row: number, scrollTop: number) => scrollTopFor({ ...view, row, scrollTop });

  it("does nothing where the row is seen", () => {
    expect(to(5, 0)).toBe(0);
  });

  it("moves by as little as it takes to a row nearby", () => {
    expect(to(20, 0)).toBe(21 * 24 - 500);
    expect(to(9, 240)).toBe(9 * 24);
  });

  it("puts a row that is far away well into view", () => {
    const scrollTop = to(1000, 0);
    expect(scrollTop).toBeLessThan(1000 * 24 - 100);
    expect(scrollTop + 500).toBeGreaterThan(1000 * 24 + 100);
  });
});
