import { spawnSync } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { root, throughline } from "../../test/program.ts";

describe("throughline, used wrongly, says so in one line that names the help", () => {
  it.each([
    [["rusn"], "unknown command 'rusn'; did you mean one of run, runs? (see throughline --help)"],
    [
      ["runs", "--sinc", "7d"],
      "unknown option '--sinc'; did you mean --since? (see throughline runs --help)",
    ],
    [["compare", "branch:main"], "missing required argument 'b' (see throughline compare --help)"],
    [["import", "up", "--foo"], "unknown option '--foo' (see throughline import --help)"],
  ])("%j", async (args, message) => {
    const { exitCode, stdout, stderr } = await throughline(args);
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `throughline: ${message}\n`,
    });
  });
});

it("shows the help where there is no command", async () => {
  const { exitCode, stderr } = await throughline([]);
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^Usage: throughline \[options\]/)]);
});

it.runIf(existsSync("/dev/full"))("says in one line that the output cannot be written", () => {
  const full = openSync("/dev/full", "w");
  onTestFinished(() => closeSync(full));
  const args = [join(root, "bin/throughline"), "trace", join(root, "examples/failed-run.json")];
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
  });
  expect(stderr).toMatch(/^throughline: the output cannot be written: ENOSPC.*\n$/);
  expect(status).toBe(2);
});
