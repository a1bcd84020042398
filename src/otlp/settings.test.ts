import { describe, expect, it } from "vitest";
import { ExportSettingsError, printableEndpoint, settingsFromEnvironment } from "./settings.ts";

const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://collector:4318" };

function messageOf(environment: Record<string, string | undefined>): string {
  try {
    settingsFromEnvironment({ ...ENDPOINT, ...environment });
  } catch (error) {
    if (error instanceof ExportSettingsError) return error.message;
    throw error;
  }
  return "no error";
}

describe("settingsFromEnvironment", () => {
  it.each([
    {},
    { OTEL_EXPORTER_OTLP_ENDPOINT: " " },
    { OTEL_EXPORTER_OTLP_PROTOCOL: "carrier pigeon" },
    { ...ENDPOINT, OTEL_SDK_DISABLED: "True" },
    { ...ENDPOINT, OTEL_TRACES_EXPORTER: "none" },
  ])("sends nothing with %j", (environment) => expect(settingsFromEnvironment(environment)).toBeUndefined());

  it("needs no more than an endpoint", () => {
    expect(settingsFromEnvironment(ENDPOINT)).toEqual({
      protocol: "http/protobuf",
      endpoint: "http://collector:4318/v1/traces",
      headers: {},
      timeoutMillis: 10_000,
      compression: "none",
      tls: {},
    });
  });

  it("understands every variable, and the traces form of it in place of the general one", () => {
    const general = {
      OTEL_EXPORTER_OTLP_ENDPOINT: "https://everything:4317",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abc, X-Tenant = a=b ,",
      OTEL_EXPORTER_OTLP_TIMEOUT: "2500",
      OTEL_EXPORTER_OTLP_COMPRESSION: "gzip",
      OTEL_EXPORTER_OTLP_CERTIFICATE: "/etc/ca.pem",
      OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: "/etc/client.pem",
      OTEL_EXPORTER_OTLP_CLIENT_KEY: "/etc/client.key",
    };
    expect(settingsFromEnvironment(general)).toEqual({
      protocol: "http/json",
      endpoint: "https://everything:4317/v1/traces",
      headers: { authorization: "Bearer abc", "x-tenant": "a=b" },
      timeoutMillis: 2_500,
      compression: "gzip",
      tls: {
        certificateFile: "/etc/ca.pem",
        clientCertificateFile: "/etc/client.pem",
        clientKeyFile: "/etc/client.key",
      },
    });
    const traces = {
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces:4317",
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "grpc",
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: "api-key=50%",
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "1",
      OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "none",
    };
    expect(settingsFromEnvironment({ ...general, ...traces })).toMatchObject({
      protocol: "grpc",
      endpoint: "http://traces:4317/",
      headers: { "api-key": "50%" },
      timeoutMillis: 1,
      compression: "none",
    });
  });

  it.each([
    ["ENDPOINT", "http://c:4318", "http://c:4318/v1/traces"],
    ["ENDPOINT", "http://c:4318/", "http://c:4318/v1/traces"],
    ["ENDPOINT", "http://c/otlp/", "http://c/otlp/v1/traces"],
    ["ENDPOINT", "https://c/otlp?key=1", "https://c/otlp/v1/traces?key=1"],
    ["TRACES_ENDPOINT", "http://c:4318", "http://c:4318/"],
    ["TRACES_ENDPOINT", "http://c:4318/mine", "http://c:4318/mine"],
  ])("with %s set to %s posts to %s", (suffix, value, posted) => {
    expect(settingsFromEnvironment({ [`OTEL_EXPORTER_OTLP_${suffix}`]: value })?.endpoint).toBe(posted);
  });

  it("names the variable, the value and the choices when it does not understand", () => {
    expect(messageOf({ OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: "http" })).toBe(
      'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL is "http"; set it to http/protobuf, http/json, grpc',
    );
    expect(messageOf({ OTEL_EXPORTER_OTLP_COMPRESSION: "zstd" })).toBe(
      'OTEL_EXPORTER_OTLP_COMPRESSION is "zstd"; set it to gzip, none',
    );
    expect(messageOf({ OTEL_EXPORTER_OTLP_ENDPOINT: "collector:4317" })).toBe(
      'OTEL_EXPORTER_OTLP_ENDPOINT is "collector:4317"; set it to a URL like http://localhost:4318',
    );
    expect(messageOf({ OTEL_EXPORTER_OTLP_CLIENT_KEY: "/etc/client.key" })).toBe(
      "OTEL_EXPORTER_OTLP_CLIENT_KEY is set alone; set the client's certificate and its key",
    );
  });

  it.each(["0", "-1", "ten", "1.5", "2147483648"])("does not take %j for a time limit", (value) => {
    expect(messageOf({ OTEL_EXPORTER_OTLP_TIMEOUT: value })).toContain(
      `OTEL_EXPORTER_OTLP_TIMEOUT is "${value}"`,
    );
  });

  it("shows no secret in a complaint", () => {
    const complaints = [
      { OTEL_EXPORTER_OTLP_HEADERS: "a=b,hunter2" },
      { OTEL_EXPORTER_OTLP_HEADERS: "a=b,key=hunter2%0a" },
      { OTEL_EXPORTER_OTLP_HEADERS: "a=b,bad name=hunter2" },
      { OTEL_EXPORTER_OTLP_ENDPOINT: "htp://me:hunter2@collector" },
      { OTEL_EXPORTER_OTLP_ENDPOINT: "collector?key=hunter2" },
    ].map((environment) => messageOf(environment));
    for (const complaint of complaints) expect(complaint).not.toContain("hunter2");
    expect(complaints[0]).toBe(
      "OTEL_EXPORTER_OTLP_HEADERS: entry 2 is not a header; write name=value,name=value",
    );
  });
});

describe("printableEndpoint", () => {
  it("shows where spans go without user, password and query", () => {
    const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: "https://me:hunter2@c:4318/otlp?key=hunter2" };
    const http = settingsFromEnvironment(endpoint);
    const grpc = settingsFromEnvironment({ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" });
    expect(http && printableEndpoint(http)).toBe("https://c:4318/otlp/v1/traces");
    expect(grpc && printableEndpoint(grpc)).toBe("https://c:4318");
  });
});
