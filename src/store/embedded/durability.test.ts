import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { killRounds } from "../../../bench/support/kill-rounds.ts";
import { openSender, type Reply } from "../../../bench/support/otlp-sender.ts";
import { traceRequest } from "../../../bench/support/spans.ts";
import { startUp, type Up } from "../../../bench/support/up.ts";
import { root } from "../../../test/program.ts";

const running: Up[] = [];

async function start(data: string): Promise<Up> {
  const up = await startUp({ root, data });
  running.push(up);
  return up;
}

afterEach(async () => {
  for (const up of running.splice(0)) await up.kill();
});

function directory(): string {
  return mkdtempSync(join(tmpdir(), "throughline-durability-"));
}

const period = { runs: 1_000, days: 1, untilMs: Date.now() };

/** Sends ten runs. */
async function send(up: Up, from: number): Promise<Reply> {
  const sender = openSender("http/protobuf", up);
  const reply = await sender.send(traceRequest({ from, runs: 10, period, format: "protobuf" }));
  sender.close();
  return reply;
}

async function countOfRuns({ ui }: Up): Promise<number> {
  const answer = await fetch(new URL("/api/v1/runs?limit=1", ui));
  expect(answer.status).toBe(200);
  const { total } = (await answer.json()) as { total: number };
  return total;
}

async function health({ ui }: Up): Promise<unknown> {
  return (await fetch(new URL("/healthz", ui))).json();
}

describe("a server that is killed", () => {
  it("has every acknowledged span, and runs and tasks that agree with the spans", async () => {
    const data = directory();
    const { acknowledgedSpans, disagreements } = await killRounds({ root, data, rounds: 3, seed: "test" });
    expect(acknowledgedSpans).toBeGreaterThan(0);
    expect(disagreements).toEqual([]);
    rmSync(data, { recursive: true });
  }, 60_000);
});

describe("a data directory that is in use", () => {
  it("is not opened a second time, and the one who has it goes on", async () => {
    const data = directory();
    const first = await start(data);
    await expect(start(data)).rejects.toThrow(data);
    // What one server leaves there for the next to find may be lost; the engine has a lock of its own.
    rmSync(join(data, "server.json"));
    await expect(start(data)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(
        process.platform === "linux"
          ? /^throughline: .*in use by process \d+: stop it/
          : /^throughline: .*may be using it/m,
      ),
    });
    expect(await send(first, 0)).toEqual({ kind: "kept" });
    await first.stop();
    rmSync(data, { recursive: true });
  }, 30_000);
});

/** A file system so small that it can be filled; undefined where that is not allowed. */
function mountSmallDisk(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return undefined;
  const at = directory();
  const { status } = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64m", "tmpfs", at]);
  if (status === 0) return at;
  rmSync(at, { recursive: true });
  return undefined;
}

const smallDisk = mountSmallDisk();

describe.skipIf(smallDisk === undefined)("a full disk (needs root, to mount a small one)", () => {
  const disk = smallDisk ?? "";
  afterAll(() => {
    spawnSync("umount", [disk]);
    rmSync(disk, { recursive: true });
  });

  it("refuses writes and answers questions, and takes writes again when there is space", async () => {
    const up = await start(join(disk, "data"));
    expect(await send(up, 0)).toEqual({ kind: "kept" });

    const ballast = join(disk, "ballast");
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize));
    expect(await send(up, 10)).toMatchObject({ kind: "busy", reason: expect.stringContaining("space") });
    expect(await countOfRuns(up)).toBe(10);
    expect(await health(up)).toMatchObject({ status: "refusing" });

    rmSync(ballast);
    await expect.poll(() => send(up, 10), { timeout: 20_000 }).toEqual({ kind: "kept" });
    expect(await countOfRuns(up)).toBe(20);
    expect(await health(up)).toMatchObject({ status: "ok" });
    await up.stop();
  }, 60_000);
});
