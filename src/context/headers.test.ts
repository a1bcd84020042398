import { once } from "node:events";
import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { traceContexts } from "./arbitraries.ts";
import { type ContextReading, headersFor, readHeaders } from "./index.ts";

const traceparent = "00-0f57e147e992b304d977436289d10628-73d5909e31793992-01";
const parent = { traceId: "0f57e147e992b304d977436289d10628", spanId: "73d5909e31793992", flags: 1 };

describe("HTTP headers", () => {
  it("carry ids, tracestate and baggage", () => {
    const headers = { traceparent, tracestate: "foo=1, bar=2", baggage: "app = shop" };
    expect(readHeaders(headers)).toEqual({
      kind: "valid",
      context: { ...parent, tracestate: "foo=1,bar=2", baggage: "app=shop" },
    });
  });

  it("are absent when there is no traceparent or an empty one", () => {
    expect(readHeaders({ tracestate: "foo=1", baggage: "app=shop" })).toEqual({ kind: "absent" });
    expect(readHeaders({ traceparent: "" })).toEqual({ kind: "absent" });
    expect(readHeaders({ traceparent: undefined })).toEqual({ kind: "absent" });
  });

  it("are invalid, with a reason, when the traceparent is malformed or there are two", () => {
    expect(readHeaders({ traceparent: "00-x\n" })).toEqual({
      kind: "invalid",
      reason: 'traceparent "00-x\\n" is malformed',
    });
    expect(readHeaders({ traceparent, Traceparent: traceparent })).toEqual({
      kind: "invalid",
      reason: "2 traceparent headers instead of one",
    });
  });

  it("keep a reason short", () => {
    const reading = readHeaders({ traceparent: "x".repeat(1_000_000) });
    expect(reading.kind === "invalid" && reading.reason.length).toBeLessThan(120);
  });

  it("stay valid with a malformed tracestate or baggage", () => {
    expect(readHeaders({ traceparent, tracestate: "FOO=1", baggage: "a b=1" })).toEqual({
      kind: "valid",
      context: parent,
    });
  });

  it("give back the context that was written into them", () => {
    fc.assert(
      fc.property(traceContexts, (context) => {
        expect(readHeaders(headersFor(context))).toEqual({ kind: "valid", context });
      }),
    );
  });

  it("arrive over a real connection", async () => {
    const valid = await receive({
      TraceParent: traceparent,
      tracestate: ["foo=1", "bar=2"],
      baggage: "app=shop",
    });
    expect(valid).toEqual({
      kind: "valid",
      context: { ...parent, tracestate: "foo=1,bar=2", baggage: "app=shop" },
    });
    expect(await receive({ traceparent: [traceparent, traceparent] })).toMatchObject({ kind: "invalid" });
  });
});

/** Sends a request to a server and answers what the server read from its headers. */
async function receive(headers: Record<string, string | string[]>): Promise<ContextReading> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client = request({ host: "127.0.0.1", port, headers }).end();
  const answered = once(client, "response");
  const [incoming, response] = await once(server, "request");
  const reading = readHeaders(incoming.headers);
  response.end();
  (await answered)[0].resume();
  server.close();
  return reading;
}
