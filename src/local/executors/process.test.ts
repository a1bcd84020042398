import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { chooseExecutor } from "./choose.ts";
import { runContainer, runShell } from "./run-container.testing.ts";

const directory = mkdtempSync(join(tmpdir(), "process-test-"));
const records = join(directory, "records");
const choice = await chooseExecutor("process", { directory: records });
if (choice.kind !== "chosen") throw new Error(choice.message);
const { executor, notes } = choice;
const workspace = {
  source: mkdtempSync(join(directory, "volume-")),
  target: "/workspace/src",
  isReadOnly: false,
};

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe("plain processes", () => {
  it("are announced as what they are", () => {
    expect(notes.join("\n")).toMatch(
      /plain processes: they see your files.*\n.*not where a step computes them/,
    );
  });

  it("find mounted paths in arguments, environment and working directory", async () => {
    writeFileSync(join(workspace.source, "file"), "there\n");
    const { stdout } = await runShell(executor, "cat /workspace/src/file $FILE file", {
      env: { FILE: "/workspace/src/file" },
      workingDirectory: "/workspace/src",
      mounts: [workspace],
    });
    expect(stdout).toBe("there\n".repeat(3));
  });

  it("have a home of their own, which is gone afterwards", async () => {
    const { stdout } = await runShell(executor, 'touch "$HOME/x" "$TMPDIR/y" && echo "$HOME"');
    expect(stdout.trim()).not.toBe(process.env["HOME"]);
    expect(() => readdirSync(stdout.trim())).toThrow("ENOENT");
  });

  it("say by which signal they ended", async () => {
    expect((await runShell(executor, "kill -KILL $$")).end).toEqual({ kind: "signalled", signal: "SIGKILL" });
  });

  it("refuse what they cannot give: another user, no network, a directory outside the volumes", async () => {
    const user = await runContainer(executor, { user: { uid: 4242 } });
    const network = await runContainer(executor, { network: "none" });
    const workingDirectory = await runContainer(executor, { workingDirectory: "/no/such/directory" });
    for (const { end } of [user, network, workingDirectory]) {
      expect(end).toMatchObject({ kind: "notStarted", why: "executor" });
      expect(end).toHaveProperty("message", expect.stringContaining("use --executor sandbox or container"));
    }
  });

  it("are on record only while they run", async () => {
    const id = "on-record";
    const { stdout } = await runShell(executor, `ls ${records}`, { id });
    const own = (names: readonly string[]) => names.filter((name) => name.startsWith(id));
    expect(own(stdout.split("\n"))).toEqual([`${id}.container.json`, `${id}.scratch`]);
    expect(own(readdirSync(records))).toEqual([]);
  });
});
