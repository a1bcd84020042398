import { describe, expect, it } from "vitest";
import { quoteFor } from "./quote.ts";
import { settingsFromEnvironment } from "./settings.ts";

const settings = settingsFromEnvironment({
  OTEL_EXPORTER_OTLP_ENDPOINT: "http://me:hunter2@collector:4318?key=s3cr3t",
  OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer%20abcdef123456,x-empty=",
});
if (settings === undefined) throw new Error("the endpoint is set");
const quote = quoteFor(settings);

describe("quoteFor", () => {
  it("hides header values and what the endpoint keeps secret, whole or in part", () => {
    expect(quote("got Bearer abcdef123456")).toBe("got [hidden]");
    expect(quote("Bearer token abcdef123456 has expired")).toBe("Bearer token [hidden] has expired");
    expect(quote("no route for me:hunter2 with key=s3cr3t")).toBe(
      "no route for me:[hidden] with key=[hidden]",
    );
  });

  it("puts text on one short line", () => {
    expect(quote("a\n\tb\u0000\u001b[31mc ")).toBe("a b [31mc");
    expect(quote("x".repeat(300))).toBe(`${"x".repeat(200)}…`);
  });
});
