import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { traceContexts } from "./arbitraries.ts";
import { formatTraceparent, isSampled, parseTraceparent } from "./index.ts";

const traceId = "0f57e147e992b304d977436289d10628";
const spanId = "73d5909e31793992";

describe("traceparent", () => {
  it("is read into ids and flags", () => {
    expect(parseTraceparent(`00-${traceId}-${spanId}-03`)).toEqual({ traceId, spanId, flags: 3 });
  });

  it("is written as version 00 with the flags that have a meaning", () => {
    expect(formatTraceparent({ traceId, spanId, flags: 0xff })).toBe(`00-${traceId}-${spanId}-03`);
  });

  it("says whether the sender recorded its span", () => {
    expect([0, 1, 2, 3].map((flags) => isSampled({ flags }))).toEqual([false, true, false, true]);
  });

  it("comes back from its text as it was", () => {
    fc.assert(
      fc.property(traceContexts, ({ traceId, spanId, flags }) => {
        const context = { traceId, spanId, flags };
        expect(parseTraceparent(formatTraceparent(context))).toEqual(context);
      }),
    );
  });

  it("keeps the 55 characters it was read from when it is of version 00", () => {
    fc.assert(
      fc.property(traceContexts, fc.constantFrom("", " ", "\t "), (context, space) => {
        const text = formatTraceparent(context);
        const parsed = parseTraceparent(space + text + space);
        expect(parsed && formatTraceparent(parsed)).toBe(text);
        expect(text).toHaveLength(55);
      }),
    );
  });
});
