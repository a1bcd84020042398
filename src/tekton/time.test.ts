import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatTime, parseTime } from "./time.ts";

describe("parseTime", () => {
  it("agrees with Date on every valid time", () => {
    const dates = fc.date({
      min: new Date(1000),
      max: new Date("9999-12-31T23:59:59.999Z"),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, (date) => {
        expect(parseTime(date.toISOString())).toBe(BigInt(date.getTime()) * 1_000_000n);
        expect(parseTime(`${date.toISOString().slice(0, 19)}Z`)).toBe(
          BigInt(Math.floor(date.getTime() / 1000)) * 1_000_000_000n,
        );
      }),
    );
  });

  it("takes nothing for a time that is not laid out like one", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseTime(text)).toBeUndefined();
      }),
    );
  });

  it("reads whole seconds, milliseconds and microseconds", () => {
    expect(parseTime("2026-08-18T09:15:09Z")).toBe(1787044509_000_000_000n);
    expect(parseTime("2026-08-18T09:15:09.412Z")).toBe(1787044509_412_000_000n);
    expect(parseTime("2026-08-18T09:15:02.418377Z")).toBe(1787044502_418_377_000n);
  });

  it("reads offsets", () => {
    expect(parseTime("2026-08-18T11:15:09+02:00")).toBe(parseTime("2026-08-18T09:15:09Z"));
  });

  it.each([
    "",
    "yesterday",
    "2026-02-30T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "0001-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "2026-08-18",
  ])("does not take %j for a time", (text) => expect(parseTime(text)).toBeUndefined());

  it("writes what it reads", () => {
    for (const text of [
      "2026-08-18T09:15:09Z",
      "2026-08-18T09:15:09.412Z",
      "1970-01-01T00:00:01.000000001Z",
    ]) {
      expect(formatTime(parseTime(text) ?? -1n)).toBe(text);
    }
  });
});
