import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { chooseExecutor } from "./choose.ts";
import { findProcessLimit } from "./process-limit.ts";
import { executorOf, runShell } from "./run-container.testing.ts";

const directory = mkdtempSync(join(tmpdir(), "process-limit-test-"));
const choice = await chooseExecutor("sandbox", { directory });
const isRoot = process.getuid?.() === 0;
const { kind } = findProcessLimit({ isRoot, name: "test" });

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** It reads the limit instead of reaching it: thousands of processes would hold up everything else on the machine. */
describe.skipIf(choice.kind !== "chosen" || kind === "none")("a step that forks without end", () => {
  it.skipIf(kind !== "group")("meets the limit of its own control group, as root", async () => {
    const script = "sed -n 's/.*:pids://p; s/^0:://p' /proc/self/cgroup";
    const { stdout } = await runShell(executorOf(choice), script, { id: "forks" });
    expect(stdout).toMatch(/\/throughline-[0-9a-f-]{36}-forks$/m);
  });

  it.skipIf(kind !== "resource")("meets the limit of its sandbox", async () => {
    const { stdout } = await runShell(executorOf(choice), "grep 'Max processes' /proc/self/limits");
    expect(Number(/^Max processes +\d+ +(\d+)/.exec(stdout)?.[1])).toBeLessThanOrEqual(2048);
  });
});
