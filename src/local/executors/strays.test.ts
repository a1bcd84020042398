import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { killStrays, makeScratch, markOf, newHolder, recordContainer, startOfProcess } from "./strays.ts";

const directory = mkdtempSync(join(tmpdir(), "strays-test-"));
const started: ChildProcess[] = [];

afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
});

/** A process in a group of its own, perhaps with a mark. */
async function startSleep(env: NodeJS.ProcessEnv = {}): Promise<ChildProcess & { pid: number }> {
  const child = spawn("sleep", ["300"], {
    detached: true,
    stdio: "ignore",
    env: { PATH: process.env["PATH"], ...env },
  });
  started.push(child);
  await new Promise((resolve) => child.once("spawn", resolve));
  return Object.assign(child, { pid: child.pid ?? 0 });
}

function end(child: ChildProcess): Promise<NodeJS.Signals | null> {
  return new Promise((resolve) => child.once("exit", (_, signal) => resolve(signal)));
}

describe.skipIf(process.platform !== "linux")("the start after a holder was killed", () => {
  it("ends what carries its mark, and nobody else's", async () => {
    const [ours, others] = [join(directory, "ours"), join(directory, "ours-not")];
    const mark = markOf(newHolder(ours), "one");
    const other = markOf(newHolder(others), "one");
    const stray = await startSleep({ [mark.name]: mark.value });
    const innocent = await startSleep({ [other.name]: other.value });
    const ended = end(stray);
    await killStrays(ours);
    expect(await ended).toBe("SIGKILL");
    expect([innocent.exitCode, innocent.signalCode]).toEqual([null, null]);
  });

  it("ends what is on record and forgets it, unless its number went to another process", async () => {
    const records = join(directory, "records");
    const [stray, innocent] = [await startSleep(), await startSleep()];
    makeScratch(records, "a");
    recordContainer(records, {
      id: "a",
      kind: "process",
      pid: stray.pid,
      startedAt: startOfProcess(stray.pid),
    });
    recordContainer(records, { id: "b", kind: "process", pid: innocent.pid, startedAt: "1" });
    writeFileSync(join(records, "c.container.json"), '{"id":');
    const ended = end(stray);
    await killStrays(records);
    expect(await ended).toBe("SIGKILL");
    expect([innocent.exitCode, innocent.signalCode]).toEqual([null, null]);
    expect(readdirSync(records)).toEqual([]);
  });
});
