import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deliver } from "./deliver.ts";
import { destinationOf } from "./endpoint.ts";

const folder = mkdtempSync(join(tmpdir(), "throughline-deliver-"));
afterAll(() => rmSync(folder, { recursive: true }));

const certificate = join(folder, "certificate.pem");
const key = join(folder, "key.pem");
const hasOpenssl =
  spawnSync("openssl", [
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1"],
    ...[
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=IP:127.0.0.1",
      "-keyout",
      key,
      "-out",
      certificate,
    ],
  ]).status === 0;

describe.skipIf(!hasOpenssl)("an https endpoint (needs openssl)", () => {
  let url: string;
  const bodies: string[] = [];
  const server = hasOpenssl
    ? createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, async (request, response) => {
        bodies.push(Buffer.concat(await request.toArray()).toString());
        response.end();
      })
    : createServer();

  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `https://user:secret@127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.close();
  });
  const send = (env: Record<string, string>) =>
    deliver("{}", {
      destination: destinationOf({ OTEL_EXPORTER_OTLP_ENDPOINT: url, ...env }, "traces"),
      timeoutMs: 5000,
    });

  it("is trusted by the certificate of the environment", async () => {
    expect(await send({ OTEL_EXPORTER_OTLP_CERTIFICATE: certificate })).toBeUndefined();
    expect(bodies).toEqual(["{}"]);
  });

  it("is not trusted otherwise, and named without what is secret", async () => {
    const reason = await send({});
    expect(reason).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/v1\/traces: .*SELF_SIGNED/);
  });

  it("says which file is not there", async () => {
    expect(await send({ OTEL_EXPORTER_OTLP_CERTIFICATE: join(folder, "none") })).toMatch(
      /: \/.*\/none cannot be read: ENOENT$/,
    );
  });
});

it("nothing is sent where nothing is to be sent", async () => {
  expect(await deliver("{}", { destination: { kind: "off" }, timeoutMs: 1000 })).toBeUndefined();
});
