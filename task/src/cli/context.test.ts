import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { runTask, temporaryDirectory } from "./cli.testing.ts";

const TRACEPARENT = "00-0f57e147e992b304d977436289d10628-73d5909e31793992-01";
const SAVED = "00-1f57e147e992b304d977436289d10628-83d5909e31793992-01";

let workspace: string;
let file: string;
beforeEach(() => {
  workspace = temporaryDirectory();
  file = join(workspace, "traceparent.json");
});

const context = (args: string[], env: Record<string, string> = {}) =>
  runTask(["context", ...args], { env: { THROUGHLINE_CONTEXT_FILE: file, ...env } });

describe("context save", () => {
  it("writes the step's own context, for the next task", async () => {
    const env = { TRACEPARENT, TRACESTATE: "a=1", BAGGAGE: "b=2" };
    expect(await context(["save"], env)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({
      traceparent: TRACEPARENT,
      tracestate: "a=1",
      baggage: "b=2",
    });
  });

  it("writes another one, elsewhere, when it is told to", async () => {
    const other = join(workspace, "other.json");
    await context(["save", "--traceparent", SAVED, "--file", other], { TRACEPARENT });
    expect(JSON.parse(readFileSync(other, "utf8"))).toEqual({ traceparent: SAVED });
    expect(existsSync(file)).toBe(false);
  });

  it.each([
    ["there is none", {}, "TRACEPARENT is not set"],
    ["it is broken", { TRACEPARENT: "x" }, 'traceparent "x" is malformed'],
  ])("says so and lets the step go on when %s", async (_, env, reason) => {
    expect(await context(["save"], env)).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: `throughline context: nothing saved: ${reason}\n`,
    });
  });

  it("says so and lets the step go on when the workspace cannot be written to", async () => {
    const blocked = join(workspace, "file/traceparent.json");
    writeFileSync(join(workspace, "file"), "");
    const { exitCode, stderr } = await context(["save", "--file", blocked], { TRACEPARENT });
    expect([exitCode, stderr]).toEqual([
      0,
      `throughline context: nothing saved: cannot write context file ${blocked}: see that its directory exists and is writable\n`,
    ]);
  });
});

describe("context load", () => {
  beforeEach(() => {
    writeFileSync(file, `{"traceparent":"${SAVED}","tracestate":"a=it's","baggage":"b='$(touch x)'"}`);
  });

  it("prints what a shell takes over as it is", async () => {
    const { stdout } = await context(["load"]);
    const script = `eval "$1"; printf '%s\\n' "$TRACEPARENT" "$TRACESTATE" "$BAGGAGE"`;
    const taken = execFileSync("sh", ["-c", script, "sh", stdout], { cwd: workspace, encoding: "utf8" });
    expect(taken).toBe(`${SAVED}\na=it's\nb='$(touch x)'\n`);
    expect(existsSync(join(workspace, "x"))).toBe(false);
  });

  it("prints it in other forms", async () => {
    expect((await context(["load", "--output", "traceparent"], { TRACEPARENT })).stdout).toBe(`${SAVED}\n`);
    expect(JSON.parse((await context(["load", "-o", "json"])).stdout)).toEqual({
      traceparent: SAVED,
      tracestate: "a=it's",
      baggage: "b='$(touch x)'",
    });
  });

  it("leaves a step its own context", async () => {
    expect(await context(["load"], { TRACEPARENT })).toEqual({
      exitCode: 0,
      stdout: "",
      stderr:
        "throughline context: nothing loaded: the step has a context of its own, and its spans link to the saved one\n",
    });
  });

  it("takes nothing over from another day", async () => {
    utimesSync(file, 0, 0);
    expect(await context(["load"])).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: `throughline context: nothing loaded: ${file} was saved more than a day ago\n`,
    });
  });

  it("says so and lets the step go on when there is nothing, or nothing of use", async () => {
    const missing = join(workspace, "missing");
    expect(await context(["load", "--file", missing])).toMatchObject({
      exitCode: 0,
      stdout: "",
      stderr: `throughline context: nothing loaded: there is no ${missing}\n`,
    });
    writeFileSync(file, "x");
    expect(await context(["load"])).toMatchObject({
      exitCode: 0,
      stdout: "",
      stderr: `throughline context: nothing loaded: context file ${file}: not JSON\n`,
    });
  });
});

describe("context show", () => {
  it("tells what a span would hang under, what it would link to, and what cannot be used", async () => {
    writeFileSync(file, `{"traceparent":"${SAVED}"}`);
    expect((await context(["show"], { TRACEPARENT })).stdout).toBe(
      `parent  ${TRACEPARENT} (TRACEPARENT)\nlink    ${SAVED} (file)\n`,
    );
    expect((await context(["show"], { TRACEPARENT: "x" })).stdout).toBe(
      `parent  ${SAVED} (file)\nunused  TRACEPARENT: traceparent "x" is malformed\n`,
    );
    writeFileSync(file, "");
    expect((await context(["show"])).stdout).toBe("parent  none: a new trace would begin\n");
  });

  it("tells it as JSON", async () => {
    writeFileSync(file, "[]");
    const { stdout } = await context(["show", "--output=json"], { TRACEPARENT });
    expect(JSON.parse(stdout)).toEqual({
      parent: { from: "TRACEPARENT", traceparent: TRACEPARENT },
      invalid: { carrier: "file", reason: `context file ${file}: not a JSON object with a traceparent` },
    });
  });
});

it.each([
  [[], "say one of save, load, show"],
  [["forget"], "say one of save, load, show"],
  [["save", "--traceparent", "x"], "--traceparent 'x' is malformed"],
  [["load", "--output", "yaml"], "--output is one of env, json, traceparent"],
])("context %j is wrong usage, said in one line", async (args, fault) => {
  expect(await context(args)).toEqual({
    exitCode: 2,
    stdout: "",
    stderr: `throughline-task: ${fault} (see throughline-task context --help)\n`,
  });
});
