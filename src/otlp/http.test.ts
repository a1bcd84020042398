import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { hasOpenssl, makeAuthority } from "./authority.testing.ts";
import { settingsFor, startHttpCollector } from "./collector.testing.ts";
import { exportSpans } from "./export.ts";
import { decodeRequest, encode } from "./proto.testing.ts";
import { readBack } from "./readback.testing.ts";
import { bareSpan, fullSpan, resourceSpansOf } from "./spans.testing.ts";

const spans = resourceSpansOf(bareSpan(), fullSpan());
const COMPLETE = { kind: "complete", accepted: 2, warnings: [] };

function failed(reason: string) {
  return { kind: "incomplete", accepted: 0, rejected: [], failed: [{ spans: 2, reason }], warnings: [] };
}

describe.concurrent("exportSpans over HTTP", () => {
  it("posts protobuf unless told otherwise", async () => {
    const { url, arrivals } = await startHttpCollector((response) => response.end());
    expect(await exportSpans(spans, settingsFor(url, { HEADERS: "x-tenant=a%20b" }))).toEqual(COMPLETE);
    expect(arrivals).toMatchObject([
      {
        path: "/v1/traces",
        headers: { "content-type": "application/x-protobuf", "x-tenant": "a b", "user-agent": "Throughline" },
      },
    ]);
    expect(arrivals.map(({ body }) => readBack(decodeRequest(body)))).toEqual([spans]);
  });

  it("posts JSON to exactly the URL given for traces", async () => {
    const { url, arrivals } = await startHttpCollector((response) => response.end("{}"));
    const settings = settingsFor(url, { TRACES_ENDPOINT: `${url}/mine?key=1`, PROTOCOL: "http/json" });
    expect(await exportSpans(spans, settings)).toEqual(COMPLETE);
    expect(arrivals).toMatchObject([
      { path: "/mine?key=1", headers: { "content-type": "application/json" } },
    ]);
    expect(arrivals.map(({ body }) => readBack(JSON.parse(body.toString())))).toEqual([spans]);
  });

  it("compresses when asked to", async () => {
    const { url, arrivals } = await startHttpCollector((response) => response.end());
    expect(await exportSpans(spans, settingsFor(url, { COMPRESSION: "gzip" }))).toEqual(COMPLETE);
    expect(arrivals).toMatchObject([{ headers: { "content-encoding": "gzip" } }]);
    expect(arrivals.map(({ body }) => readBack(decodeRequest(gunzipSync(body))))).toEqual([spans]);
  });

  it("sends again what a collector was not ready for", async () => {
    const { url, arrivals } = await startHttpCollector((response, n) => {
      response.writeHead(n < 3 ? 503 : 200).end();
    });
    expect(await exportSpans(spans, settingsFor(url))).toEqual(COMPLETE);
    expect(arrivals.length).toBe(3);
  });

  it.each([429, 502, 503, 504])("sends again after %i", async (status) => {
    const { url, arrivals } = await startHttpCollector((response, n) =>
      response.writeHead(n < 2 ? status : 200).end(),
    );
    expect(await exportSpans(spans, settingsFor(url))).toEqual(COMPLETE);
    expect(arrivals.length).toBe(2);
  });

  it.each([
    ["seconds", () => "2"],
    ["a date", () => new Date(Date.now() + 3_000).toUTCString()],
  ])("waits as long as Retry-After says in %s", async (_, retryAfter) => {
    const { url } = await startHttpCollector((response, n) => {
      response.writeHead(n < 2 ? 429 : 200, { "retry-after": retryAfter() }).end();
    });
    const start = performance.now();
    expect(await exportSpans(spans, settingsFor(url))).toEqual(COMPLETE);
    expect(performance.now() - start).toBeGreaterThan(1_900);
  });

  it.each(["60", "0", "soon"])(
    "neither outlives its time limit nor storms the server for Retry-After: %s",
    async (value) => {
      const { url, arrivals } = await startHttpCollector((response) => {
        response.writeHead(429, { "retry-after": value }).end("slow\ndown");
      });
      const reason = `${url}/v1/traces answered 429 Too Many Requests: slow down (time limit 1500 ms)`;
      expect(await exportSpans(spans, settingsFor(url, { TIMEOUT: "1500" }))).toEqual(failed(reason));
      expect(arrivals.length).toBeLessThanOrEqual(2);
    },
  );

  it("does not send again what a collector refuses, and says why without showing secrets", async () => {
    const { url, arrivals } = await startHttpCollector((response) => {
      response
        .writeHead(400)
        .end(encode("RpcStatus", { code: 3, message: "token hunter2hunter2 is unknown" }));
    });
    const settings = settingsFor(url, { HEADERS: "authorization=Bearer%20hunter2hunter2" });
    const reason = `${url}/v1/traces answered 400 Bad Request: token [hidden] is unknown`;
    expect(await exportSpans(spans, settings)).toEqual(failed(reason));
    expect(arrivals.length).toBe(1);
  });

  it("does not follow a redirect", async () => {
    const { url } = await startHttpCollector((response) => {
      response.writeHead(302, { location: "/elsewhere" }).end("moved");
    });
    expect(await exportSpans(spans, settingsFor(url))).toEqual(
      failed(`${url}/v1/traces answered 302 Found: moved`),
    );
  });

  it("gives up on a server that hangs", async () => {
    const { url } = await startHttpCollector(() => {});
    const reason = `${url}/v1/traces did not answer in time (time limit 1000 ms)`;
    expect(await exportSpans(spans, settingsFor(url, { TIMEOUT: "1000" }))).toEqual(failed(reason));
  });

  it("gives up on a server that trickles", async () => {
    const { url } = await startHttpCollector((response) => {
      const trickle = setInterval(() => response.write(" "), 20);
      response.on("close", () => clearInterval(trickle));
    });
    const reason = `${url}/v1/traces did not answer in time (time limit 1000 ms)`;
    expect(await exportSpans(spans, settingsFor(url, { TIMEOUT: "1000" }))).toEqual(failed(reason));
  });

  it("sends again when the connection breaks", async () => {
    const { url, arrivals } = await startHttpCollector((response, n) => {
      if (n < 2) response.destroy();
      else response.end();
    });
    expect(await exportSpans(spans, settingsFor(url))).toEqual(COMPLETE);
    expect(arrivals.length).toBe(2);
  });

  it("does not read an answer without end", async () => {
    const { url } = await startHttpCollector((response) => response.end(Buffer.alloc(10_000_000)));
    expect(await exportSpans(spans, settingsFor(url))).toMatchObject({
      kind: "complete",
      warnings: [/not an OTLP/],
    });
  });
});

describe.skipIf(!hasOpenssl)("exportSpans over HTTPS (needs openssl)", () => {
  it("trusts the authority it is given, and shows who it is", async () => {
    const { certificate, certificateFile, server, client } = makeAuthority();
    const tls = {
      cert: server.cert,
      key: server.key,
      ca: certificate,
      requestCert: true,
      rejectUnauthorized: true,
    };
    const { url } = await startHttpCollector((response) => response.end(), tls);
    const identity = { CLIENT_CERTIFICATE: client.certificateFile, CLIENT_KEY: client.keyFile };
    expect(await exportSpans(spans, settingsFor(url, { CERTIFICATE: certificateFile, ...identity }))).toEqual(
      COMPLETE,
    );
  });

  it("trusts no other, and does not try twice", async () => {
    const { server } = makeAuthority();
    const { url, connections } = await startHttpCollector((response) => response.end(), server);
    expect(await exportSpans(spans, settingsFor(url))).toEqual(
      failed(`sending to ${url}/v1/traces failed: unable to verify the first certificate`),
    );
    expect(connections()).toBe(1);
  });

  it("names a certificate file that is not there", async () => {
    const result = await exportSpans(
      spans,
      settingsFor("https://127.0.0.1:1", { CERTIFICATE: "/nowhere/ca.pem" }),
    );
    expect(result).toMatchObject({
      failed: [{ spans: 2, reason: expect.stringContaining("cannot read /nowhere/ca.pem") }],
    });
  });

  it("says so when a certificate file holds something else", async () => {
    const { certificateFile, server } = makeAuthority();
    const settings = settingsFor("https://127.0.0.1:1", {
      CERTIFICATE: certificateFile,
      CLIENT_CERTIFICATE: server.keyFile,
      CLIENT_KEY: server.keyFile,
    });
    expect(await exportSpans(spans, settings)).toMatchObject({ kind: "incomplete", failed: [{ spans: 2 }] });
  });
});
