import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { inflateBounded } from "./inflate.ts";

const body = Buffer.from("spans ".repeat(100_000));

describe("inflateBounded", () => {
  it.each([
    ["gzip", gzipSync(body)],
    ["X-GZIP", gzipSync(body)],
    ["deflate", deflateSync(body)],
    ["identity", body],
    ["", body],
    [undefined, body],
  ])("gives the body that came as %s", async (encoding, packed) => {
    const inflated = await inflateBounded(packed, encoding, body.length);
    expect(inflated.kind === "inflated" && body.equals(inflated.body)).toBe(true);
  });

  it.each([
    ["gzip", gzipSync(body)],
    ["deflate", deflateSync(body)],
    ["identity", body],
  ])("gives up on %s that is one byte too long", async (encoding, packed) => {
    expect(await inflateBounded(packed, encoding, body.length - 1)).toEqual({
      kind: "tooLarge",
      reason: `the body is longer than ${body.length - 1} bytes`,
    });
  });

  it("gives up on a bomb long before it has gone off", async () => {
    // 64 MiB of zeros a hundred times over, in 6 MB: gzip data may be put end to end.
    const bomb = Buffer.concat(Array<Buffer>(100).fill(gzipSync(Buffer.alloc(64 * 1024 * 1024))));
    const before = process.memoryUsage().rss;
    expect(await inflateBounded(bomb, "gzip", 1024 * 1024)).toMatchObject({ kind: "tooLarge" });
    expect(process.memoryUsage().rss - before).toBeLessThan(500 * 1024 * 1024);
  });

  it.each([
    ["cut off", gzipSync(body).subarray(0, -20)],
    ["no gzip data", body],
    ["nothing", Buffer.alloc(0)],
  ])("says so when a body is %s", async (_, packed) => {
    expect(await inflateBounded(packed, "gzip", body.length)).toMatchObject({ kind: "malformed" });
  });

  it("says so when it does not know the encoding", async () => {
    expect(await inflateBounded(body, "br", body.length)).toMatchObject({ kind: "unsupported" });
  });
});
