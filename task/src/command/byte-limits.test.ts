import fc from "fast-check";
import { expect, it } from "vitest";
import { firstWithin, lastWithin } from "./byte-limits.ts";

it("a text is cut between characters, to no more than so many bytes and no fewer than need be", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(40), (text, bytes) => {
      const [first, last] = [firstWithin(text, bytes), lastWithin(text, bytes)];
      expect(text.startsWith(first) && text.endsWith(last)).toBe(true);
      const least = Math.min(Buffer.byteLength(text), bytes - 3);
      for (const part of [first, last]) {
        expect(Buffer.byteLength(part)).toBeLessThanOrEqual(bytes);
        expect(Buffer.byteLength(part)).toBeGreaterThanOrEqual(least);
      }
    }),
  );
});
