import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encode } from "./proto.testing.ts";
import { errorText, readTraceResponse } from "./response.ts";

const partialSuccess = { rejectedSpans: "2", errorMessage: "too old" };
const utf8 = (text: string) => Buffer.from(text);

describe("readTraceResponse", () => {
  it("reads partial success in both encodings", () => {
    const said = { rejectedSpans: 2, message: "too old" };
    expect(readTraceResponse(encode("ExportTraceServiceResponse", { partialSuccess }), "protobuf")).toEqual(
      said,
    );
    expect(readTraceResponse(utf8(JSON.stringify({ partialSuccess })), "json")).toEqual(said);
    expect(
      readTraceResponse(utf8('{"partialSuccess":{"rejectedSpans":2,"errorMessage":"too old"}}'), "json"),
    ).toEqual(said);
  });

  it.each([
    ["protobuf", ""],
    ["json", ""],
    ["json", "{}"],
    ["json", '{"partialSuccess":{}}'],
  ] as const)("takes %s %j for everything was taken", (encoding, body) => {
    expect(readTraceResponse(utf8(body), encoding)).toEqual({ rejectedSpans: 0, message: "" });
  });

  it.each([
    ["protobuf", "<html>"],
    ["json", "<html>"],
    ["json", "[]"],
    ["json", '{"partialSuccess":3}'],
    ["json", '{"partialSuccess":{"rejectedSpans":"many"}}'],
  ] as const)("sees that %s %j is no answer", (encoding, body) => {
    expect(readTraceResponse(utf8(body), encoding)).toBeUndefined();
  });

  it("survives any bytes", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 100 }),
        fc.constantFrom("protobuf", "json"),
        (body, encoding) => {
          readTraceResponse(body, encoding);
          errorText(body, encoding);
        },
      ),
    );
  });
});

describe("errorText", () => {
  it("finds the message of a google.rpc.Status in both encodings", () => {
    expect(errorText(encode("RpcStatus", { code: 3, message: "no such one" }), "protobuf")).toBe(
      "no such one",
    );
    expect(errorText(utf8('{"code":3,"message":"no such one"}'), "json")).toBe("no such one");
  });

  it("takes anything else as text", () => {
    expect(errorText(utf8("<h1>Bad gateway</h1>"), "protobuf")).toBe("<h1>Bad gateway</h1>");
    expect(errorText(utf8('"no"'), "json")).toBe('"no"');
  });
});
