import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { root, type ServerProgram, throughline, throughlineUp } from "../../test/program.ts";

const EXAMPLE = join(root, "examples/build-and-test.json");
const FREE = ["--port", "0", "--otlp-http", "0", "--otlp-grpc", "0"];

const folder = mkdtempSync(join(tmpdir(), "throughline-up-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("throughline up", () => {
  const data = join(folder, "data");
  let server: ServerProgram;
  beforeAll(async () => {
    server = await throughlineUp(["--data", data, "--load", EXAMPLE]);
  });
  afterAll(() => server.stop());

  it("answers at the addresses it printed, with what it loaded", async () => {
    expect(server.data).toBe(data);
    const health = await fetch(`${server.ui}/healthz`);
    expect(await health.json()).toMatchObject({ status: "ok" });
    const { data: services } = (await (await fetch(`${server.ui}/api/services`)).json()) as {
      data: string[];
    };
    expect(services).toEqual(["tekton"]);
  });

  it("shows the web UI", async () => {
    const page = await fetch(server.ui);
    expect(await page.text()).toContain('<div id="root">');
  });

  it("leaves a file that only its owner may read", () => {
    const path = join(data, "server.json");
    expect(JSON.parse(readFileSync(path, "utf8"))).toMatchObject({ pid: server.process.pid, ui: server.ui });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("is found by an import, which puts its spans there", async () => {
    const failed = join(root, "examples/failed-run.json");
    const { exitCode, stderr } = await throughline(["import", failed, "--data", data]);
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`14 spans sent to ${server.otlpHttp}/v1/traces; look at them at ${server.ui}\n`);
    const named = await throughline(["import", failed, "--server", server.ui]);
    expect(named.exitCode).toBe(0);
    const found = await fetch(`${server.ui}/api/traces/5dc998f1a3b8473bb682252859511aa1`);
    expect(found.status).toBe(200);
  });

  it("is asked for the runs it keeps, by name and by trace id", async () => {
    const byName = await throughline(["trace", "build-and-test-n5n2l", "--data", data]);
    expect(byName.stdout).toMatch(/^✓ build-and-test {2}shop-ci\/build-and-test-n5n2l {2}succeeded/);
    const byId = await throughline(["trace", "734af31bc5a64fd6966bbed7df79d101", "--server", server.ui]);
    expect(byId.stdout).toBe(byName.stdout);
  });

  it("is the only one on its data", async () => {
    const { exitCode, stderr } = await throughline(["up", ...FREE, "--data", data]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /^throughline: \S+ is served already, at http:\S+ \(process \d+\); stop that one.*\n$/,
    );
  });
});

describe("throughline up, when it is told to stop", () => {
  it.each(["SIGTERM", "SIGINT"] as const)("ends well on %s, and takes its file with it", async (signal) => {
    const data = join(folder, signal);
    const server = await throughlineUp(["--data", data]);
    expect(await server.stop(signal)).toBe(0);
    expect(existsSync(join(data, "server.json"))).toBe(false);
  });

  it("does not wait for pages that listen for news", async () => {
    const server = await throughlineUp(["--data", join(folder, "news")]);
    const news = await fetch(`${server.ui}/api/v1/live`);
    expect(news.headers.get("content-security-policy")).toContain("default-src 'none'");
    const reading = news.text();
    expect(await server.stop()).toBe(0);
    await expect(reading).resolves.toBeTypeOf("string");
  });

  it("leaves what it was given to the next one, even when it was killed", async () => {
    const data = join(folder, "killed");
    const first = await throughlineUp(["--data", data, "--load", EXAMPLE]);
    await first.stop("SIGKILL");
    expect(existsSync(join(data, "server.json"))).toBe(true);
    const second = await throughlineUp(["--data", data]);
    onTestFinished(async () => void (await second.stop()));
    const answer = await fetch(`${second.ui}/api/services`);
    expect(await answer.json()).toMatchObject({ data: ["tekton"] });
  });
});

describe("throughline up with a store that fails", () => {
  it("takes nothing more, says so, and ends with exit code 3", async () => {
    const data = join(folder, "failing");
    const server = await throughlineUp(["--data", data]);
    const exited = once(server.process, "exit");
    const said = text(server.process.stderr ?? Readable.from([]));
    rmSync(join(data, "journal"), { recursive: true });
    const span = { traceId: "5b8efff798038103d269b633813fc60c", spanId: "eee19b7ec3c1b174", name: "late" };
    const startTimeUnixNano = String(BigInt(Date.now()) * 1_000_000n);
    const answer = await fetch(`${server.otlpHttp}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        resourceSpans: [{ scopeSpans: [{ spans: [{ ...span, startTimeUnixNano }] }] }],
      }),
    });
    expect(answer.status).toBe(503);
    expect(await exited).toEqual([3, null]);
    expect(await said).toMatch(/^throughline: the store failed and the server ends: .+\n$/);
  });
});

describe("throughline up with a token", () => {
  it("asks for it, and commands that read its file have it", async () => {
    const data = join(folder, "token");
    const server = await throughlineUp(["--data", data, "--host", "0.0.0.0"], {
      env: { THROUGHLINE_TOKEN: "s3cret" },
    });
    onTestFinished(async () => void (await server.stop()));
    expect((await fetch(`${server.ui}/api/services`)).status).toBe(401);
    const { exitCode, stderr } = await throughline(["import", EXAMPLE, "--data", data]);
    expect([exitCode, stderr]).toEqual([0, expect.stringContaining(`sent to ${server.otlpHttp}`)]);
    const stranger = await throughline(["import", EXAMPLE, "--server", server.ui]);
    expect([stranger.exitCode, stranger.stderr]).toEqual([
      2,
      `72 spans not sent: ${server.ui} asks for a token: give it with --token or THROUGHLINE_TOKEN\n`,
    ]);
    const wrong = await throughline(["runs", "--server", server.ui, "--token", "guess"]);
    expect([wrong.exitCode, wrong.stderr]).toEqual([
      2,
      expect.stringContaining("does not accept this token"),
    ]);
    const another = await throughline(["runs", "--data", data], { env: { THROUGHLINE_TOKEN: "another" } });
    expect([another.exitCode, another.stderr]).toEqual([0, ""]);
  });
});

it("is not taken in by whoever has the process id and the port of a server that was killed", async () => {
  const other = createServer((_request, response) => response.end('{"status":"ok"}')).listen(0, "127.0.0.1");
  onTestFinished(() => void other.close());
  await once(other, "listening");
  const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
  const data = join(folder, "reused");
  mkdirSync(data);
  const stale = { pid: process.pid, ui: url, otlpHttp: url, otlpGrpc: url };
  writeFileSync(join(data, "server.json"), JSON.stringify(stale));
  const { exitCode, stderr } = await throughline(["import", EXAMPLE, "--data", data]);
  expect([exitCode, stderr]).toEqual([0, expect.stringMatching(/^72 spans stored in /)]);
});

it("does not start throughline up without what it was to load", async () => {
  const { exitCode, stdout, stderr } = await throughline(["up", ...FREE, "--load", "/nonexistent.json"]);
  expect([exitCode, stdout]).toEqual([2, ""]);
  expect(stderr).toMatch(/nonexistent\.json: .*check the path/);
});

describe("throughline up says what is wrong, in one line", () => {
  it("with a port that is taken", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void other.close());
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as AddressInfo;
    const { exitCode, stderr } = await throughline(["up", ...FREE, "--otlp-grpc", String(port)]);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      `throughline: 127.0.0.1:${port} is in use; choose another port with --otlp-grpc, 0 for any free one\n`,
    );
  });

  it("with a data directory that is a file", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const { exitCode, stderr } = await throughline(["up", ...FREE, "--data", file]);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/^throughline: .*file.*--data.*\n$/);
  });

  it.each([
    ["an address others reach, and no token", ["--host", "0.0.0.0"], /THROUGHLINE_TOKEN or --token/],
    [
      "an address of another machine",
      ["--host", "192.0.2.1", "--token", "x"],
      /no address of this machine.*--host/,
    ],
    ["a port that is none", ["--port", "http"], /--port http: give a port/],
    ["a port that is too large", ["--port", "65536"], /--port 65536: give a port/],
    ["a time that is none", ["--retain", "long"], /--retain long: give days, e\.g\. 30d, or forever/],
    [
      "tables for no ClickHouse",
      ["--clickhouse-create-tables"],
      /in which ClickHouse, with --clickhouse URL/,
    ],
    ["a ClickHouse that is none", ["--clickhouse", "db:9000"], /--clickhouse db:9000: give the address/],
    [
      "a time for a ClickHouse",
      ["--clickhouse", "http://127.0.0.1:1", "--retain", "3d"],
      /--retain 3d: a ClickHouse keeps data as long as its tables say/,
    ],
    ["a token no header carries", ["--token", "two words"], /--token: use letters/],
  ])("with %s", async (_, args, message) => {
    const { exitCode, stdout, stderr } = await throughline(["up", ...FREE, ...args]);
    expect([exitCode, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n")).toHaveLength(1);
  });
});
