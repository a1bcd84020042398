import { describe, expect, it } from "vitest";
import { integerValue, messageValue, readProtobuf, textValue } from "../protobuf-reader.ts";
import { encodeStatus } from "./status.ts";

describe("a status", () => {
  it("says in protobuf what is wrong and when to come back", () => {
    const status = encodeStatus({ code: 8, message: "full", retryAfterSeconds: 3 }, "protobuf");
    const fields = readProtobuf(status) ?? [];
    expect([integerValue(fields, 1), textValue(fields, 2)]).toEqual([8, "full"]);
    const any = messageValue(fields, 3) ?? [];
    expect(textValue(any, 1)).toBe("type.googleapis.com/google.rpc.RetryInfo");
    const delay = messageValue(messageValue(any, 2) ?? [], 1) ?? [];
    expect(integerValue(delay, 1)).toBe(3);
  });

  it("has no details when nothing is gained by coming back", () => {
    expect(
      messageValue(readProtobuf(encodeStatus({ code: 3, message: "bad" }, "protobuf")) ?? [], 3),
    ).toEqual([]);
    expect(Buffer.from(encodeStatus({ code: 3, message: "bad" }, "json")).toString()).toBe(
      '{"code":3,"message":"bad"}',
    );
  });

  it("says the same in JSON", () => {
    const json = encodeStatus({ code: 8, message: "full", retryAfterSeconds: 3 }, "json");
    expect(JSON.parse(Buffer.from(json).toString())).toEqual({
      code: 8,
      message: "full",
      details: [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "3s" }],
    });
  });
});
