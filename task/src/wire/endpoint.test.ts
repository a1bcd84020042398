import { describe, expect, it } from "vitest";
import { destinationOf } from "./endpoint.ts";

const OTEL_EXPORTER_OTLP_ENDPOINT = "http://collector:4318/otlp/";
const http = { kind: "http", headers: {}, encoding: "protobuf", tls: {} };

describe("a signal", () => {
  it("goes to the general endpoint, below a path of its own", () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT };
    expect(destinationOf(env, "traces")).toEqual({ ...http, url: "http://collector:4318/otlp/v1/traces" });
    expect(destinationOf(env, "metrics")).toEqual({ ...http, url: "http://collector:4318/otlp/v1/metrics" });
  });

  it("goes to its own endpoint as that is written", () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://other/x" };
    expect(destinationOf(env, "traces")).toEqual({ ...http, url: "https://other/x" });
  });

  it("goes to the spool where there is one", () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT, THROUGHLINE_SPOOL: "/spool" };
    expect(destinationOf(env, "metrics")).toEqual({ kind: "spool", path: "/spool" });
  });

  it.each([
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: " " },
    { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: "TRUE" },
    { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: "none" },
    { THROUGHLINE_SPOOL: "/spool", OTEL_SDK_DISABLED: "true" },
  ])("goes nowhere with %j", (env) => {
    expect(destinationOf(env, "traces")).toEqual({ kind: "off" });
  });

  it("takes headers, certificates, encoding and timeout along, those of the signal in place of the general ones", () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://collector",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20x, x-team = a=b,",
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: "x=1",
      OTEL_EXPORTER_OTLP_CERTIFICATE: "/ca.pem",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_TIMEOUT: "2000",
      OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: "soon",
    };
    expect(destinationOf(env, "traces")).toMatchObject({
      headers: { authorization: "Bearer x", "x-team": "a=b" },
      tls: { certificateFile: "/ca.pem" },
      encoding: "json",
      timeoutMs: 2000,
    });
    const forMetrics = destinationOf(env, "metrics");
    expect(forMetrics).toMatchObject({ headers: { x: "1" } });
    expect(forMetrics).not.toHaveProperty("timeoutMs");
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4318" }, /^OTEL_EXPORTER_OTLP_ENDPOINT is no URL/],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_HEADERS: "a=1,secret" },
      /^OTEL_EXPORTER_OTLP_HEADERS: entry 2 is not a header; write name=value,name=value$/,
    ],
    [
      { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4317", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" },
      /^OTEL_EXPORTER_OTLP_PROTOCOL is grpc; name an HTTP endpoint/,
    ],
  ])("with %j says what it cannot understand", (env, reason) => {
    expect(destinationOf(env, "traces")).toEqual({ kind: "unclear", reason: expect.stringMatching(reason) });
  });
});
