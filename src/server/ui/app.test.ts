import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { StoreHealth } from "../../store/index.ts";
import { startTestServer, storeThat, type TestServer, temporaryDirectory } from "../server.testing.ts";

let server: TestServer;
beforeAll(async () => {
  const webRoot = join(temporaryDirectory(), "web");
  mkdirSync(join(webRoot, "assets"), { recursive: true });
  writeFileSync(join(webRoot, "index.html"), "<!doctype html><title>Throughline</title>");
  writeFileSync(join(webRoot, "assets", "main-1a2b.js"), "export {};");
  writeFileSync(join(webRoot, "..", "secret.txt"), "not for the web");
  server = await startTestServer({ store: storeThat({}), webRoot });
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Sends the path as it is; `fetch` would tidy it up. */
function get(path: string, { headers = {}, to = server.addresses.ui, method = "GET" } = {}): Promise<Answer> {
  const { hostname, port } = new URL(to);
  return new Promise((resolve, reject) => {
    const outgoing = request({ hostname, port, path, method, headers }, async (response) => {
      const text = Buffer.concat(await response.toArray()).toString();
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    outgoing.on("error", reject).end();
  });
}

describe("the web UI", () => {
  it.each(["/", "/runs", "/runs/shop-ci%2Fbuild-7k2mq", "/compare?a=branch:main", "/api.html"])(
    "is one page for every address: %s",
    async (path) => {
      const { status, headers, text } = await get(path);
      expect([status, headers["cache-control"]]).toEqual([200, "no-cache"]);
      expect(text).toContain("<title>Throughline</title>");
    },
  );

  it("has files that may be kept, as their names change with them", async () => {
    const { status, headers } = await get("/assets/main-1a2b.js");
    expect(status).toBe(200);
    expect(headers["cache-control"]).toContain("immutable");
    expect(headers["content-type"]).toContain("javascript");
  });

  it.each([
    "/../secret.txt",
    "/..%2fsecret.txt",
    "/%2e%2e/secret.txt",
    "/%2e%2e%2fsecret.txt",
    "/..%5csecret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/assets/%00",
    "//secret.txt",
    "/%",
    "/assets/nothing.js",
    "/api/nothing",
  ])("has nothing at %s", async (path) => {
    const { status, text } = await get(path);
    expect([400, 403, 404]).toContain(status);
    expect(text).not.toContain("not for the web");
    expect(text).not.toContain("<title>");
  });

  it.each(["/", "/healthz", "/api/nothing", "/assets/main-1a2b.js", "/%zz", `/${"long".repeat(5_000)}`])(
    "lets a browser do little with %s",
    async (path) => {
      const { headers } = await get(path);
      expect(headers["content-security-policy"]).toMatch(/^default-src 'none'; script-src 'self';/);
      expect(headers["content-security-policy"]).not.toContain("unsafe");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["access-control-allow-origin"]).toBeUndefined();
    },
  );

  it("does not answer pages of other sites that borrowed its address", async () => {
    expect((await get("/", { headers: { host: "evil.example" } })).status).toBe(403);
    expect((await get("/", { headers: { host: "localhost:1" } })).status).toBe(200);
  });

  it.each([
    ["/%zz", 400, "the address is none"],
    ["/%2e%2e/secret.txt", 403, "Forbidden"],
    [`/${"long".repeat(5_000)}`, 431, "the headers are too long"],
    [`/api/v1/nothing/${"name".repeat(500)}`, 404, "is not here"],
  ])("says in one shape what is wrong with an address", async (path, status, message) => {
    const answer = await get(path);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({
      error: { code: status === 404 ? "notFound" : "badRequest", message: expect.stringContaining(message) },
    });
  });

  it("knows names as long as they come", async () => {
    const services = await get(`/api/services/${"%41".repeat(1_000)}/operations`);
    expect([services.status, JSON.parse(services.text).data]).toEqual([200, []]);
  });

  it("says so where it is not built", async () => {
    const { addresses } = await startTestServer({ store: storeThat({}) });
    const { status, text } = await get("/", { to: addresses.ui });
    expect(status).toBe(404);
    expect(text).toContain("npm run build");
  });
});

describe("the web UI with a token", () => {
  let to: string;
  beforeAll(async () => {
    const { addresses } = await startTestServer({ store: storeThat({}), token: "s3cret/+=" });
    to = addresses.ui;
  });

  it("lets nobody in without it, and says how to get in", async () => {
    const page = await get("/", { to });
    expect([page.status, page.text]).toEqual([401, expect.stringContaining("throughline up")]);
    const api = await get("/api/services", { to });
    expect([api.status, JSON.parse(api.text).error.code]).toEqual([401, "unauthorized"]);
    expect((await get("/?token=wrong", { to })).status).toBe(401);
    expect((await get("/", { to, headers: { cookie: "throughline=s3cret" } })).status).toBe(401);
  });

  it("takes it from the address once, and then knows the browser", async () => {
    const opened = await get("//evil.example/runs?token=s3cret%2F%2B%3D&limit=5", { to });
    expect([opened.status, opened.headers["location"]]).toEqual([303, "/runs?limit=5"]);
    const [cookie = ""] = opened.headers["set-cookie"] ?? [];
    expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(cookie).not.toContain("s3cret");
    const [pair = ""] = cookie.split(";");
    const headers = { cookie: `other=1; ${pair}` };
    expect((await get("/api/services", { to, headers })).status).toBe(200);
  });

  it.each(["//", "///?token=s3cret%2F%2B%3D", "//["])(
    "asks for it at %s, which is no address",
    async (path) => {
      expect((await get(path, { to })).status).toBe(401);
    },
  );

  it("takes it from tools as a header", async () => {
    const headers = { authorization: "Bearer s3cret/+=" };
    expect((await get("/api/services", { to, headers })).status).toBe(200);
  });

  it("tells its health to whoever asks", async () => {
    expect((await get("/healthz", { to })).status).toBe(200);
  });
});

describe("the health of a server", () => {
  it.each<[StoreHealth, number]>([
    [{ kind: "ok" }, 200],
    [{ kind: "refusing", reason: "the disk is full" }, 503],
    [{ kind: "failed", reason: "the engine is gone" }, 503],
  ])("is that of its store: %j", async (health, expected) => {
    const { addresses } = await startTestServer({ store: storeThat({ health: () => health }) });
    const { status, text } = await get("/healthz", { to: addresses.ui });
    const { kind, ...why } = health;
    expect(status).toBe(expected);
    expect(JSON.parse(text)).toMatchObject({ status: kind, ...why, version: "0.0.0" });
  });
});
