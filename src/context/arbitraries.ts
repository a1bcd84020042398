/** Test data: arbitrary well-formed values of everything this room reads and writes. */
import fc from "fast-check";
import { formatBaggage, formatTracestate, type TraceContext } from "./index.ts";

const isNotAllZero = (id: string) => !/^0+$/.test(id);
const token = fc.stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/);
const anyText = fc.string({ unit: "binary", maxLength: 20 });

export const tracestateMembers = fc.uniqueArray(
  fc.record({
    key: fc.stringMatching(/^[a-z0-9][a-z0-9_*/@-]{0,20}$/),
    value: fc.stringMatching(/^[ -+\--<>-~]{0,160}[!-+\--<>-~]$/),
  }),
  { maxLength: 32, selector: ({ key }) => key },
);

export const baggageMembers = fc.array(
  fc.record({
    key: token,
    value: anyText,
    properties: fc.array(fc.oneof(fc.record({ key: token }), fc.record({ key: token, value: anyText })), {
      maxLength: 2,
    }),
  }),
  { maxLength: 20 },
);

const hexDigits = (length: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${length}}$`)).filter(isNotAllZero);

export const traceContexts: fc.Arbitrary<TraceContext> = fc
  .record({
    traceId: hexDigits(32),
    spanId: hexDigits(16),
    flags: fc.integer({ min: 0, max: 3 }),
    tracestate: tracestateMembers.map(formatTracestate),
    baggage: baggageMembers.map(formatBaggage),
  })
  .map(({ tracestate, baggage, ...parent }) => ({
    ...parent,
    ...(tracestate && { tracestate }),
    ...(baggage && { baggage }),
  }));
