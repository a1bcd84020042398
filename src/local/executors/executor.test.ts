import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { chooseExecutor } from "./choose.ts";
import type { ExecutorName, Mount } from "./executor.ts";
import { executorOf, launchOf, runContainer, runShell } from "./run-container.testing.ts";

/** What every executor that needs no image promises. */
const directory = mkdtempSync(join(tmpdir(), "executors-test-"));
const records = join(directory, "records");
const names: readonly ExecutorName[] = ["sandbox", "process"];
const choices = await Promise.all(
  names.map(async (name) => ({ name, choice: await chooseExecutor(name, { directory: records }) })),
);
const holderBundle = join(directory, "holder.mjs");

/** A program that starts a container with two detached processes in it, says so, and waits. */
const HOLDER = `
  import { chooseExecutor } from "./choose.ts";
  const [name, directory, id] = process.argv.slice(2);
  const { executor } = await chooseExecutor(name, { directory });
  const script = "setsid sleep 300 & (setsid sleep 300 &) ; sleep 0.05; echo ready; sleep 300";
  const argv = ["/bin/sh", "-c", script];
  const container = executor.start({ id, image: "", argv, env: { MARK: id }, mounts: [], network: "host" });
  container.stderr.resume();
  container.stdout.once("data", () => process.send("ready"));
`;

beforeAll(() =>
  build({
    stdin: { contents: HOLDER, resolveDir: import.meta.dirname, loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: holderBundle,
    logLevel: "error",
  }),
);

/** Process ids of what was started with that value in its environment. */
function processesMarked(mark: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/environ`, "latin1").includes(`MARK=${mark}`);
    } catch {
      return false;
    }
  });
}

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe.each(choices)("$name", ({ choice }) => {
  const it = test.skipIf(choice.kind !== "chosen");
  const executor = executorOf(choice);
  let workspace: Mount;

  beforeAll(() => {
    const source = mkdtempSync(join(directory, "workspace-"));
    chmodSync(source, 0o777);
    workspace = { source, target: "/workspace/source", isReadOnly: false };
  });

  it("answers the exit code of the program and keeps its two outputs apart", async () => {
    const finished = await runShell(executor, "echo out; echo err >&2; exit 7");
    expect(finished).toEqual({ end: { kind: "exited", code: 7 }, stdout: "out\n", stderr: "err\n" });
  });

  it("lets a step open its outputs by name", async () => {
    const finished = await runShell(executor, "echo out | tee /dev/stderr >/dev/stdout");
    expect(finished).toMatchObject({ stdout: "out\n", stderr: "out\n" });
  });

  it("passes 100 MB of output on", async () => {
    const container = executor.start(launchOf({ argv: ["head", "-c", "100000000", "/dev/zero"] }));
    let length = 0;
    container.stderr.resume();
    for await (const chunk of container.stdout) length += chunk.length;
    expect({ length, end: await container.ended }).toEqual({
      length: 100_000_000,
      end: { kind: "exited", code: 0 },
    });
  });

  it("says that a program is not there", async () => {
    const bare = await runContainer(executor, { argv: ["no-such-program"] });
    expect(bare).toEqual({
      end: { kind: "notStarted", why: "notFound", message: "no-such-program: not found" },
      stdout: "",
      stderr: "",
    });
    const path = await runContainer(executor, { argv: ["/usr/bin/no-such-program"] });
    expect(path.end).toMatchObject({ kind: "notStarted", why: "notFound" });
  });

  it("says that a file is not executable", async () => {
    const { end } = await runContainer(executor, { argv: ["/etc/passwd"] });
    expect(end).toEqual({
      kind: "notStarted",
      why: "notExecutable",
      message: "/etc/passwd: not executable",
    });
  });

  it("gives exactly the environment it is told, and PATH, HOME and HOSTNAME", async () => {
    const env = { EMPTY: "", LINES: "a\nb", LD_BIND_NOW: "1", HOSTNAME: "pod" };
    const { stdout } = await runContainer(executor, { argv: ["env", "-0"], env });
    const got = Object.fromEntries(
      stdout
        .split("\0")
        .filter(Boolean)
        .map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
    );
    expect(got).toMatchObject(env);
    const own = new Set(["PATH", "HOME", "TMPDIR", "PWD", "THROUGHLINE_CONTAINER"]);
    expect(
      Object.keys(got)
        .filter((name) => !own.has(name))
        .sort(),
    ).toEqual(Object.keys(env).sort());
  });

  it("passes arguments unchanged, whatever they contain", async () => {
    const text = fc
      .string({ unit: "binary", maxLength: 20 })
      .filter((one) => !one.includes("\0") && one.isWellFormed());
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 5 }), async (words) => {
        const { stdout } = await runContainer(executor, { argv: ["printf", "<%s>", ...words] });
        expect(stdout).toBe(words.length === 0 ? "<>" : words.map((word) => `<${word}>`).join(""));
      }),
      { numRuns: 15 },
    );
    const bytes = Array.from({ length: 127 }, (_, byte) => String.fromCharCode(byte + 1)).join("");
    expect((await runContainer(executor, { argv: ["printf", "%s", bytes] })).stdout).toBe(bytes);
  });

  it("starts in the working directory, which it makes within a mount", async () => {
    const { stdout } = await runShell(executor, "pwd; echo made >file", {
      workingDirectory: "/workspace/source/deep/er",
      mounts: [workspace],
    });
    expect(stdout.trim().endsWith("/deep/er")).toBe(true);
    expect(readFileSync(join(workspace.source, "deep/er/file"), "utf8")).toBe("made\n");
  });

  it("runs a script from a mount, whose interpreter may be missing", async () => {
    writeFileSync(join(workspace.source, "script"), "#!/bin/sh\necho script $1\n", { mode: 0o755 });
    writeFileSync(join(workspace.source, "odd"), "#!/usr/bin/no-such-shell\n", { mode: 0o755 });
    const run = (name: string) =>
      runContainer(executor, { argv: [`/workspace/source/${name}`, "one"], mounts: [workspace] });
    expect(await run("script")).toMatchObject({ stdout: "script one\n" });
    expect((await run("odd")).end).toMatchObject({ kind: "notStarted", why: "notFound" });
  });

  it("gives scripts of alpine images a shell that knows [[", async () => {
    const { stdout } = await runShell(executor, '[[ a == a ]] && echo "yes"', {
      image: "mirror.gcr.io/alpine:3.20",
    });
    expect(stdout).toBe("yes\n");
  });

  it("passes a signal to the program, which may handle it", async () => {
    const container = executor.start(
      launchOf({ argv: ["/bin/sh", "-c", "trap 'exit 42' TERM; echo ready; while :; do sleep 0.01; done"] }),
    );
    container.stderr.resume();
    await new Promise((resolve) => container.stdout.once("data", resolve));
    container.signal("SIGTERM");
    expect(await container.ended).toEqual({ kind: "exited", code: 42 });
  });

  it("says by which signal sent to it a program ended", async () => {
    const container = executor.start(launchOf({ argv: ["sleep", "60"] }));
    container.signal("SIGTERM");
    expect(await container.ended).toEqual({ kind: "signalled", signal: "SIGTERM" });
  });

  it("kills a program that ignores signals, and all it started", async () => {
    const script =
      "trap '' TERM INT; setsid sleep 300 & (sleep 300 &) ; echo ready; while :; do sleep 300; done";
    const container = executor.start(launchOf({ argv: ["/bin/sh", "-c", script] }));
    const stderr = container.stderr.toArray();
    await new Promise((resolve) => container.stdout.once("data", resolve));
    container.signal("SIGTERM");
    container.kill();
    expect(await container.ended).toEqual({ kind: "signalled", signal: "SIGKILL" });
    await stderr;
  });

  it("ends when the program ends, whatever holds its outputs open", async () => {
    const script = "setsid sleep 300 & (setsid sh -c 'sleep 300 & sleep 300' &) ; sleep 0.05; echo done";
    expect(await runShell(executor, script)).toMatchObject({
      end: { kind: "exited", code: 0 },
      stdout: "done\n",
    });
  });

  it("leaves none of the processes that a step detached from itself", async () => {
    const script = "n=0; while [ $n -lt 30 ]; do (setsid sleep 300 >/dev/null 2>&1 &); n=$((n+1)); done";
    const env = { MARK: randomUUID() };
    const { end } = await runShell(executor, script, { env });
    expect({ end, left: processesMarked(env.MARK) }).toEqual({ end: { kind: "exited", code: 0 }, left: [] });
  });

  it("leaves nothing when the process that holds it is killed", async () => {
    const mark = randomUUID();
    const holder = fork(holderBundle, [executor.name, records, mark], { stdio: "ignore" });
    await new Promise((resolve) => holder.once("message", resolve));
    expect(processesMarked(mark).length).toBeGreaterThan(1);
    holder.kill("SIGKILL");
    await new Promise((resolve) => holder.once("exit", resolve));
    await expect.poll(() => processesMarked(mark), { timeout: 10_000 }).toEqual([]);
  });

  it("asks for a command when there is none", async () => {
    const { end } = await runContainer(executor, { argv: [], image: "example.com/own/image" });
    expect(end).toEqual({
      kind: "notStarted",
      why: "notFound",
      message: "no command, and what image example.com/own/image would run is not known: give it a command",
    });
  });

  it("runs many containers at once", async () => {
    const outputs = await Promise.all(
      Array.from({ length: 100 }, (_, index) => runContainer(executor, { argv: ["echo", String(index)] })),
    );
    expect(outputs.map(({ stdout }) => stdout)).toEqual(outputs.map((_, index) => `${index}\n`));
  });
});
