import fc from "fast-check";
import { type ResourceSpans, type Span, SpanKind, StatusCode } from "../trace/index.ts";

/** A span with nothing in it that is not required. */
export function bareSpan(overrides: Partial<Span> = {}): Span {
  return {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    flags: 0,
    name: "RUN build",
    kind: SpanKind.server,
    startNs: 1787044509_412_000_000n,
    endNs: 1787044520_000_000_001n,
    attributes: {},
    events: [],
    links: [],
    statusCode: StatusCode.unset,
    ...overrides,
  };
}

/** A failed step with one of everything. */
export function fullSpan(): Span {
  return bareSpan({
    spanId: "00f067aa0ba902b7",
    parentSpanId: "b7ad6b7169203331",
    flags: 0x301,
    traceState: "vendor=1,other=2",
    name: "step compile",
    kind: SpanKind.internal,
    attributes: {
      "tekton.step.name": "compile",
      "tekton.retry": false,
      "process.exit.code": 137n,
      "throughline.share": 0.25,
      "process.command_args": ["make", "all"],
    },
    events: [
      { name: "terminated", timeNs: 1787044519_000_000_000n, attributes: { "tekton.reason": "OOMKilled" } },
    ],
    links: [
      {
        traceId: "11111111111111111111111111111111",
        spanId: "2222222222222222",
        attributes: { "link.kind": "previous attempt" },
      },
    ],
    statusCode: StatusCode.error,
    statusMessage: "exit code 137",
  });
}

/** The spans as those of one resource. */
export function resourceSpansOf(...spans: Span[]): ResourceSpans[] {
  return [
    {
      resource: { "service.name": "build" },
      scope: { name: "throughline", version: "0.1.0" },
      spans,
    },
  ];
}

const hex = (digits: number) =>
  fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: digits, maxLength: digits });
const time = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const edgeInteger = fc.constantFrom(
  0n,
  -1n,
  127n,
  128n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n),
);
/** Unicode, well-formed or not, and long enough to need two bytes for its length. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "grapheme" }),
  fc.string({ minLength: 120, maxLength: 400 }),
  fc.string({ unit: fc.constantFrom("a", "é", "\u{1f600}", "\ud83d", "\ude00", "\\ud83d", '"') }),
);
const attributeValue = fc.oneof(
  text,
  fc.boolean(),
  int64,
  edgeInteger,
  // JSON has no negative zero worth the name.
  fc.double().map((value) => (value === 0 ? 0 : value)),
  fc.array(text, { maxLength: 4 }),
);
const attributes = fc.dictionary(text, attributeValue, { maxKeys: 5, noNullPrototype: true });
const event = fc.record({ name: text, timeNs: time, attributes });
const link = fc.record({ traceId: hex(32), spanId: hex(16), attributes });

const span: fc.Arbitrary<Span> = fc.record(
  {
    traceId: hex(32),
    spanId: hex(16),
    parentSpanId: hex(16),
    flags: fc.oneof(fc.constantFrom(0, 1, 0x101, 0x303), fc.nat({ max: 2 ** 32 - 1 })),
    traceState: text,
    name: text,
    kind: fc.constantFrom(SpanKind.internal, SpanKind.server),
    startNs: time,
    endNs: time,
    attributes,
    events: fc.array(event, { maxLength: 3 }),
    links: fc.array(link, { maxLength: 3 }),
    statusCode: fc.constantFrom(StatusCode.unset, StatusCode.error),
    statusMessage: text,
  },
  {
    requiredKeys: [
      "traceId",
      "spanId",
      "flags",
      "name",
      "kind",
      "startNs",
      "endNs",
      "attributes",
      "events",
      "links",
      "statusCode",
    ],
  },
);

/** Any spans the model can express, with extreme values. */
export const anyResourceSpans: fc.Arbitrary<ResourceSpans[]> = fc.array(
  fc.record({
    resource: attributes,
    scope: fc.record({ name: text, version: text }),
    spans: fc.array(span, { maxLength: 4 }),
  }),
  { maxLength: 3 },
);
