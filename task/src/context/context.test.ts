import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  contextFileOf,
  formatTraceparent,
  parentOf,
  readContextFile,
  readEnvironment,
  writeContextFile,
} from "./context.ts";

const own = { traceId: "0f57e147e992b304d977436289d10628", spanId: "73d5909e31793992", isSampled: true };
const saved = { traceId: "1f57e147e992b304d977436289d10628", spanId: "83d5909e31793992", isSampled: true };
const TRACEPARENT = formatTraceparent(own);

let workspace: string;
let file: string;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "throughline-context-"));
  file = join(workspace, "traceparent.json");
});
afterEach(() => rmSync(workspace, { recursive: true }));

describe("the context of a step", () => {
  it("is that of TRACEPARENT, with tracestate and baggage", () => {
    expect(readEnvironment({ TRACEPARENT, TRACESTATE: "foo=1, bar=2", BAGGAGE: "app=shop" })).toEqual({
      kind: "found",
      from: "TRACEPARENT",
      context: { ...own, tracestate: "foo=1, bar=2", baggage: "app=shop" },
    });
  });

  it("is that of Tekton's annotation where there is no TRACEPARENT, or one that is malformed", () => {
    const TEKTON_TASKRUN_SPAN_CONTEXT = `{"traceparent":"${TRACEPARENT}","tracestate":"a=b"}`;
    for (const env of [{}, { TRACEPARENT: "" }, { TRACEPARENT: "00-x" }])
      expect(readEnvironment({ ...env, TEKTON_TASKRUN_SPAN_CONTEXT })).toEqual({
        kind: "found",
        from: "TEKTON_TASKRUN_SPAN_CONTEXT",
        context: { ...own, tracestate: "a=b" },
      });
  });

  it("is absent without either", () => {
    expect(readEnvironment({})).toEqual({ kind: "absent" });
    expect(readEnvironment({ TRACEPARENT: " ", TEKTON_TASKRUN_SPAN_CONTEXT: "{}" })).toEqual({
      kind: "absent",
    });
  });

  it.each([
    ["upper case", TRACEPARENT.toUpperCase()],
    ["version ff", TRACEPARENT.replace("00-", "ff-")],
    ["a trace id of zeros", `00-${"0".repeat(32)}-${own.spanId}-01`],
    ["a span id of zeros", `00-${own.traceId}-${"0".repeat(16)}-01`],
    ["more than version 00 has", `${TRACEPARENT}-00`],
    ["a line end", `${TRACEPARENT}\n`],
  ])("is invalid with %s", (_, traceparent) => {
    expect(readEnvironment({ TRACEPARENT: traceparent })).toMatchObject({ kind: "invalid" });
  });

  it("may be of a later version, which may say more", () => {
    expect(readEnvironment({ TRACEPARENT: `01-${TRACEPARENT.slice(3)}-more` })).toMatchObject({
      context: own,
    });
  });

  it("keeps flags: not sampled, and a random trace id", () => {
    for (const flags of ["00", "01", "02", "03"]) {
      const reading = readEnvironment({ TRACEPARENT: TRACEPARENT.replace(/01$/, flags) });
      expect(reading.kind === "found" && formatTraceparent(reading.context).slice(-2)).toBe(flags);
    }
  });

  it.each(["FOO=1", "a", "a=1,b", Array.from({ length: 33 }, (_, n) => `k${n}=1`).join(",")])(
    "does without a tracestate that is malformed: %s",
    (TRACESTATE) => expect(readEnvironment({ TRACEPARENT, TRACESTATE })).toMatchObject({ context: own }),
  );

  it("is shown without what a terminal would act on, when it is malformed", () => {
    expect(readEnvironment({ TRACEPARENT: "a\x1b[2J\x9b2J\u202eb" })).toEqual({
      kind: "invalid",
      reason: 'traceparent "a\\u001b[2J?2J?b" is malformed',
    });
  });

  it("takes no time over a variable full of blanks: the command waits for that", () => {
    const blanks = `a${" ".repeat(120_000)}x`;
    const started = performance.now();
    readEnvironment({ TRACEPARENT: blanks });
    readEnvironment({ TRACEPARENT, TRACESTATE: blanks });
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it("does not repeat what it cannot read at length", () => {
    const reading = readEnvironment({ TRACEPARENT: "x\n".repeat(100_000) });
    expect(reading.kind === "invalid" && reading.reason.length).toBeLessThan(150);
  });
});

describe("a context file", () => {
  it("gives back what was written into it, and leaves no draft behind", () => {
    const context = { ...own, tracestate: "a=b", baggage: "c=d" };
    writeContextFile(file, context);
    expect(readFileSync(file, "utf8")).toBe(
      `{"baggage":"c=d","traceparent":"${TRACEPARENT}","tracestate":"a=b"}\n`,
    );
    expect(readContextFile(file)).toEqual({ kind: "found", from: "file", context });
    expect(readdirSync(workspace)).toEqual(["traceparent.json"]);
  });

  it("that cannot be written names itself and leaves no draft behind", () => {
    mkdirSync(file);
    expect(() => writeContextFile(file, own)).toThrow(`cannot write context file ${file}: see that`);
    expect(readdirSync(workspace)).toEqual(["traceparent.json"]);
  });

  it.each([
    ["not JSON", TRACEPARENT],
    ["not a JSON object with a traceparent", "[]"],
    ["traceparent is not a string", '{"traceparent":1}'],
    ["larger than 64 KiB", " ".repeat(64 * 1024 + 1)],
  ])("is invalid when it is %s", (reason, content) => {
    writeFileSync(file, content);
    expect(readContextFile(file)).toEqual({ kind: "invalid", reason: `context file ${file}: ${reason}` });
  });

  it("holds nobody up when it is a named pipe or a directory", () => {
    spawnSync("mkfifo", [file]);
    for (const path of [file, workspace])
      expect(readContextFile(path)).toEqual({
        kind: "invalid",
        reason: `context file ${path}: not a regular file`,
      });
  });

  it("is where the guides put it, unless a variable names another place", () => {
    expect(contextFileOf({})).toBe("/workspace/trace-ctx/traceparent.json");
    expect(contextFileOf({ THROUGHLINE_CONTEXT_FILE: "/x" })).toBe("/x");
  });
});

describe("the parent of a span in a step", () => {
  it("is the step's own context, with a link to another that was saved", () => {
    writeContextFile(file, saved);
    expect(parentOf({ env: { TRACEPARENT }, file })).toEqual({ parent: own, link: saved });
  });

  it("has no link to itself", () => {
    writeContextFile(file, own);
    expect(parentOf({ env: { TRACEPARENT }, file })).toEqual({ parent: own });
  });

  it("is the saved context where the step has none", () => {
    writeContextFile(file, saved);
    expect(parentOf({ env: {}, file })).toEqual({ parent: saved });
  });

  it("is not what was left behind a day ago; that is linked, and the reason said", () => {
    writeContextFile(file, saved);
    const yesterday = Date.now() / 1000 - 25 * 60 * 60;
    utimesSync(file, yesterday, yesterday);
    expect(parentOf({ env: {}, file })).toEqual({
      link: saved,
      invalid: "file",
      reason: `context file ${file}: saved more than a day ago`,
    });
    expect(parentOf({ env: { TRACEPARENT }, file })).toEqual({ parent: own, link: saved });
  });

  it("names the carrier that could not be used, and goes on with the next", () => {
    writeContextFile(file, saved);
    expect(parentOf({ env: { TRACEPARENT: "x" }, file })).toEqual({
      parent: saved,
      invalid: "TRACEPARENT",
      reason: 'TRACEPARENT: traceparent "x" is malformed',
    });
    expect(parentOf({ env: { TEKTON_TASKRUN_SPAN_CONTEXT: "x" }, file })).toMatchObject({
      parent: saved,
      invalid: "TEKTON_TASKRUN_SPAN_CONTEXT",
    });
    writeFileSync(file, "x");
    expect(parentOf({ env: { TRACEPARENT, TEKTON_TASKRUN_SPAN_CONTEXT: "x" }, file })).toMatchObject({
      parent: own,
      invalid: "file",
    });
  });

  it("is nothing where nothing is there", () => {
    expect(parentOf({ env: {}, file })).toEqual({});
  });
});
