import { spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bubblewrap } from "../../../test/bubblewrap.ts";
import { root, throughline } from "../../../test/program.ts";

/** Steps and runs that misbehave: the run ends with the right reason, and nothing is left behind. */
const folder = mkdtempSync(join(tmpdir(), "throughline-bad-steps-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** JSON is YAML too. */
function fileOf(object: object): string {
  files++;
  const path = join(folder, `${files}.yaml`);
  writeFileSync(path, JSON.stringify(object));
  return path;
}

function stepOf(script: string): object {
  return { steps: [{ name: "work", image: "alpine", script }] };
}

function taskRun(taskSpec: object, more: object = {}): object {
  return {
    apiVersion: "tekton.dev/v1",
    kind: "TaskRun",
    metadata: { name: "demo" },
    spec: { taskSpec, ...more },
  };
}

function pipelineRun(pipelineSpec: object): object {
  return {
    apiVersion: "tekton.dev/v1",
    kind: "PipelineRun",
    metadata: { name: "demo" },
    spec: { pipelineSpec },
  };
}

function findProgram(name: string): string | undefined {
  const places = (process.env["PATH"] ?? "").split(delimiter).map((directory) => join(directory, name));
  return places.find((place) => existsSync(place));
}

/** Of all processes, those whose command line contains the word. */
function processesWith(word: string): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "latin1").includes(word);
    } catch {
      return false;
    }
  });
}

async function run(object: object, args: readonly string[] = [], env: Record<string, string> = {}) {
  const given = ["run", fileOf(object), "--no-store", "--output", "json", ...args];
  const finished = await throughline(given, { env });
  const json = finished.stdout === "" ? undefined : JSON.parse(finished.stdout);
  return { ...finished, json };
}

describe.skipIf(bubblewrap === undefined)("a run of a bad step (needs bubblewrap)", () => {
  it("leaves no daemon that the step detached from itself", async () => {
    const script = "setsid sleep 7391.5 & (setsid sleep 7391.5 &) ; sleep 0.1";
    const { exitCode } = await run(taskRun(stepOf(script)));
    expect(exitCode).toBe(0);
    await expect.poll(() => processesWith("7391.5"), { timeout: 10_000 }).toEqual([]);
  });

  it("ends a step that ignores SIGTERM when its task has had its time", async () => {
    const script = "trap '' TERM INT; while :; do sleep 7392.5; done";
    const { exitCode, json } = await run(taskRun(stepOf(script), { timeout: "500ms" }));
    expect({ exitCode, reason: json.reason }).toEqual({ exitCode: 1, reason: "TaskRunTimeout" });
    await expect.poll(() => processesWith("7392.5"), { timeout: 10_000 }).toEqual([]);
  });

  it("fails results that are too large as Tekton does", async () => {
    const script = "head -c 5000 /dev/zero | tr '\\0' x > $(results.big.path)";
    const { json } = await run(taskRun({ ...stepOf(script), results: [{ name: "big" }] }));
    expect(json).toMatchObject({ status: "Failed", reason: "TaskRunResultLargerThanAllowedLimit" });
  });

  it("does not let a step write to the machine's own directories", async () => {
    const { json, stderr } = await run(taskRun(stepOf("touch /usr/mine")));
    expect(json).toMatchObject({ status: "Failed", reason: "StepFailed" });
    expect(stderr).toMatch(/Read-only file system/);
  });

  it("tells by which signal a step ended", async () => {
    const { json } = await run(taskRun(stepOf("kill -SEGV $$")));
    expect(json.tasks[0].steps[0]).toMatchObject({ exitCode: 139 });
  });

  it("fails as Tekton does when what it refers to is not there", async () => {
    const reference = { name: "nowhere" };
    const task = { ...taskRun({}), spec: { taskRef: reference } };
    expect((await run(task)).json).toMatchObject({
      reason: "TaskRunResolutionFailed",
      message: 'tasks.tekton.dev "nowhere" not found',
    });
    const pipeline = pipelineRun({ tasks: [{ name: "a", taskRef: reference }] });
    const { exitCode, json } = await run(pipeline);
    expect({ exitCode, reason: json.reason }).toEqual({ exitCode: 1, reason: "CouldntGetTask" });
  });

  it("warns of fields nobody knows, and says what they might have been", async () => {
    const { exitCode, stderr } = await run(taskRun({ ...stepOf("true"), reslts: [] }));
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/unknown field "spec\.taskSpec\.reslts"; did you mean "results"\?/);
  });

  it("ends when nobody reads its output any more, and leaves nothing behind", async () => {
    const tmp = mkdtempSync(join(folder, "tmp-"));
    const args = ["run", fileOf(taskRun(stepOf("while echo 7393.5; do :; done"))), "--no-store"];
    await throughline(args, { env: { TMPDIR: tmp }, stopReading: true });
    expect(readdirSync(tmp)).toEqual([]);
    await expect.poll(() => processesWith("7393.5"), { timeout: 10_000 }).toEqual([]);
  });

  it("cancels at Ctrl-C, runs what stands in finally, and leaves nothing behind", async () => {
    const tmp = mkdtempSync(join(folder, "tmp-"));
    const trace = join(folder, "cancelled.json");
    // Unlike that of any other test of this machine.
    const long = `7394.${process.pid}`;
    const file = fileOf(
      pipelineRun({
        tasks: [{ name: "long", taskSpec: stepOf(`echo ready; sleep ${long}`) }],
        finally: [{ name: "tidy", taskSpec: stepOf("echo tidied") }],
      }),
    );
    const program = join(root, "bin/throughline");
    const child = spawn(process.execPath, [program, "run", file, "--no-store", "--trace-out", trace], {
      env: { PATH: process.env["PATH"], TMPDIR: tmp },
      stdio: ["ignore", "pipe", "ignore"],
    });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (!output.includes("ready") && text.includes("ready")) child.kill("SIGINT");
      output += text;
    });
    const exitCode = await new Promise((resolve) => child.once("close", resolve));
    expect(exitCode).toBe(1);
    expect(output).toContain("[tidy : work] tidied\n");
    expect(output).toContain("Cancelled");
    expect(readFileSync(trace, "utf8")).toContain('"step work"');
    expect(readdirSync(tmp)).toEqual([]);
    await expect.poll(() => processesWith(long), { timeout: 10_000 }).toEqual([]);
  });
});

describe("a run on a machine without bubblewrap", () => {
  const path = mkdtempSync(join(folder, "path-"));
  for (const name of ["mkfifo", "setpriv"]) {
    const found = findProgram(name);
    if (found !== undefined) symlinkSync(found, join(path, name));
  }
  const env = { PATH: path };

  it("refuses the sandbox it was asked for, and says what to install", async () => {
    const { exitCode, stderr } = await run(taskRun(stepOf("true")), ["--executor", "sandbox"], env);
    expect(stderr).toMatch(/no sandbox: install bubblewrap/);
    expect(exitCode).toBe(2);
  });

  it("refuses to take steps off the network", async () => {
    const { exitCode, stderr } = await run(taskRun(stepOf("true")), ["--network", "none"], env);
    expect(stderr).toMatch(/--network none: plain processes share the host's network/);
    expect(exitCode).toBe(2);
  });

  it("takes plain processes, and says what they may see", async () => {
    const { exitCode, stderr } = await run(taskRun(stepOf("true")), [], env);
    expect(stderr).toMatch(/steps run as plain processes/);
    expect(exitCode).toBe(0);
  });
});
