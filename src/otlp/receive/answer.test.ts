import { describe, expect, it } from "vitest";
import { decode } from "../proto.testing.ts";
import { readTraceResponse } from "../response.ts";
import {
  encodeLogsResponse,
  encodeMetricsResponse,
  encodeTraceResponse,
  partialSuccessOf,
} from "./answer.ts";

const partly = { rejected: 2, message: "2: trace_id is missing" };
const fully = { rejected: 0, message: "" };

describe("the answer to a request", () => {
  it.each([
    ["ExportTraceServiceResponse", encodeTraceResponse, "rejectedSpans"],
    ["ExportMetricsServiceResponse", encodeMetricsResponse, "rejectedDataPoints"],
    ["ExportLogsServiceResponse", encodeLogsResponse, "rejectedLogRecords"],
  ])("is an %s that says what was rejected", (message, encodeResponse, counted) => {
    const said = { partialSuccess: { [counted]: "2", errorMessage: "2: trace_id is missing" } };
    expect(decode(message, encodeResponse(partly, "protobuf"))).toEqual(said);
    expect(JSON.parse(Buffer.from(encodeResponse(partly, "json")).toString())).toEqual(said);
  });

  it("says nothing when there is nothing to say", () => {
    expect(encodeTraceResponse(fully, "protobuf")).toHaveLength(0);
    expect(Buffer.from(encodeTraceResponse(fully, "json")).toString()).toBe("{}");
  });

  it("is understood by the sending half", () => {
    const warning = { rejected: 0, message: "clocks differ" };
    for (const encoding of ["protobuf", "json"] as const) {
      for (const said of [partly, warning, fully]) {
        const { rejected: rejectedSpans, message } = said;
        expect(readTraceResponse(encodeTraceResponse(said, encoding), encoding)).toEqual({
          rejectedSpans,
          message,
        });
      }
    }
  });
});

describe("partialSuccessOf", () => {
  it("sums up rejections", () => {
    const rejections = [
      { count: 2, reason: "trace_id is missing" },
      { count: 1, reason: "span_id is all zero" },
    ];
    expect(partialSuccessOf(rejections)).toEqual({
      rejected: 3,
      message: "2: trace_id is missing; 1: span_id is all zero",
    });
    expect(partialSuccessOf([])).toEqual(fully);
  });
});
