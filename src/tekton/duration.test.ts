import { describe, expect, it } from "vitest";
import { parseGoDuration } from "./index.ts";

describe("parseGoDuration", () => {
  it.each([
    ["1.874s", 1_874_000_000n],
    ["1m2.345s", 62_345_000_000n],
    ["59m45.216843579s", 3_585_216_843_579n],
    ["1h0m0s", 3_600_000_000_000n],
    ["250ms", 250_000_000n],
    ["3µs", 3_000n],
  ])("reads %s", (text, nanos) => expect(parseGoDuration(text)).toBe(nanos));

  it.each(["", "9999999999999h", "9".repeat(100_000), "fast", "1", "1s later", "1x", "s"])(
    "does not take %j for a duration",
    (text) => expect(parseGoDuration(text)).toBeUndefined(),
  );
});
