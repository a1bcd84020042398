import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, decodeRequest } from "./proto.testing.ts";
import { encodeProtobuf } from "./protobuf.ts";
import { asReadable, readBack } from "./readback.testing.ts";
import { asSdkSpans } from "./sdk-spans.testing.ts";
import { anyResourceSpans, bareSpan, fullSpan, resourceSpansOf } from "./spans.testing.ts";

describe("encodeProtobuf", () => {
  it("says what the span says, in the words of OTLP", () => {
    const id = (hex: string) => Buffer.from(hex, "hex");
    expect(decode("ExportTraceServiceRequest", encodeProtobuf(resourceSpansOf(fullSpan())))).toEqual({
      resourceSpans: [
        {
          resource: { attributes: [{ key: "service.name", value: { stringValue: "build" } }] },
          scopeSpans: [
            {
              scope: { name: "throughline", version: "0.1.0" },
              spans: [
                {
                  traceId: id("0af7651916cd43dd8448eb211c80319c"),
                  spanId: id("00f067aa0ba902b7"),
                  traceState: "vendor=1,other=2",
                  parentSpanId: id("b7ad6b7169203331"),
                  name: "step compile",
                  kind: 1,
                  startTimeUnixNano: "1787044509412000000",
                  endTimeUnixNano: "1787044520000000001",
                  attributes: [
                    { key: "tekton.step.name", value: { stringValue: "compile" } },
                    { key: "tekton.retry", value: { boolValue: false } },
                    { key: "process.exit.code", value: { intValue: "137" } },
                    { key: "throughline.share", value: { doubleValue: 0.25 } },
                    {
                      key: "process.command_args",
                      value: { arrayValue: { values: [{ stringValue: "make" }, { stringValue: "all" }] } },
                    },
                  ],
                  events: [
                    {
                      timeUnixNano: "1787044519000000000",
                      name: "terminated",
                      attributes: [{ key: "tekton.reason", value: { stringValue: "OOMKilled" } }],
                    },
                  ],
                  links: [
                    {
                      traceId: id("11111111111111111111111111111111"),
                      spanId: id("2222222222222222"),
                      attributes: [{ key: "link.kind", value: { stringValue: "previous attempt" } }],
                    },
                  ],
                  status: { message: "exit code 137", code: 2 },
                  flags: 0x301,
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it("carries whatever spans there are to an independent protobuf library", () => {
    fc.assert(
      fc.property(anyResourceSpans, (resourceSpans) => {
        expect(readBack(decodeRequest(encodeProtobuf(resourceSpans)))).toEqual(asReadable(resourceSpans));
      }),
      { numRuns: 300 },
    );
  });

  it("gives the same bytes for the same spans", () => {
    const encoded = () => Buffer.from(encodeProtobuf(resourceSpansOf(bareSpan(), fullSpan())));
    expect(encoded().equals(encoded())).toBe(true);
  });

  it("means what the OpenTelemetry SDK's own serializer means", () => {
    const spans = resourceSpansOf(bareSpan({ flags: 0x101 }), fullSpan());
    const theirs = ProtobufTraceSerializer.serializeRequest(asSdkSpans(spans)) ?? new Uint8Array();
    expect(readBack(decodeRequest(theirs))).toEqual(readBack(decodeRequest(encodeProtobuf(spans))));
  });

  it("grows past its first buffer, with lengths of every size", () => {
    const spans = [0, 63, 64, 8_191, 8_192, 300_000].map((size) => bareSpan({ name: "é".repeat(size) }));
    const resourceSpans = resourceSpansOf(...spans);
    expect(readBack(decodeRequest(encodeProtobuf(resourceSpans)))).toEqual(resourceSpans);
  });

  it("writes what OTLP's integers cannot hold as the nearest thing they can", () => {
    const span = bareSpan({ startNs: -1n, endNs: 2n ** 64n, attributes: { huge: 2n ** 63n } });
    expect(readBack(decodeRequest(encodeProtobuf(resourceSpansOf(span))))).toEqual(
      resourceSpansOf({
        ...span,
        startNs: 0n,
        endNs: 2n ** 64n - 1n,
        attributes: { huge: "9223372036854775808" },
      }),
    );
  });
});
