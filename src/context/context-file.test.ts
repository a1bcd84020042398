import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { traceContexts } from "./arbitraries.ts";
import { readContextFile, writeContextFile } from "./index.ts";

const traceparent = "00-0f57e147e992b304d977436289d10628-73d5909e31793992-01";
const parent = { traceId: "0f57e147e992b304d977436289d10628", spanId: "73d5909e31793992", flags: 1 };

let workspace: string;
let path: string;

beforeEach(() => {
  workspace = mkdtempSync(join(tmpdir(), "throughline-context-"));
  path = join(workspace, "traceparent.json");
});
afterEach(() => rmSync(workspace, { recursive: true }));

describe("a context file", () => {
  it("is a JSON object that others can read", () => {
    writeContextFile(path, { ...parent, tracestate: "foo=1" });
    expect(readFileSync(path, "utf8")).toBe(`{"traceparent":"${traceparent}","tracestate":"foo=1"}\n`);
  });

  it("gives back the context that was written into it, and leaves no draft behind", () => {
    fc.assert(
      fc.property(traceContexts, (context) => {
        writeContextFile(path, context);
        expect(readContextFile(path)).toEqual({ kind: "valid", context });
      }),
      { numRuns: 30 },
    );
    expect(readdirSync(workspace)).toEqual(["traceparent.json"]);
  });

  it("is absent when there is no file, nothing in it, or no traceparent", () => {
    expect(readContextFile(path)).toEqual({ kind: "absent" });
    for (const content of ["", "{}", '{ "traceparent": "" }']) {
      writeFileSync(path, content);
      expect(readContextFile(path)).toEqual({ kind: "absent" });
    }
  });

  it("is invalid, with its path, when it is malformed", () => {
    writeFileSync(path, traceparent);
    expect(readContextFile(path)).toEqual({ kind: "invalid", reason: `context file ${path}: not JSON` });
  });

  it("is invalid when it is a directory or lies below a file", () => {
    mkdirSync(path);
    expect(readContextFile(path)).toEqual({
      kind: "invalid",
      reason: `context file ${path}: not a regular file`,
    });
    writeFileSync(join(workspace, "file"), "");
    const below = join(workspace, "file", "traceparent.json");
    expect(readContextFile(below)).toEqual({
      kind: "invalid",
      reason: `context file ${below}: cannot be read (ENOTDIR)`,
    });
  });

  it("is read up to 64 KiB and refused beyond", () => {
    writeFileSync(path, `{"traceparent":"${traceparent}"}`.padEnd(64 * 1024));
    expect(readContextFile(path)).toEqual({ kind: "valid", context: parent });
    writeFileSync(path, `{"traceparent":"${traceparent}"}`.padEnd(64 * 1024 + 1));
    expect(readContextFile(path)).toEqual({
      kind: "invalid",
      reason: `context file ${path}: larger than 64 KiB`,
    });
  });

  const hasNamedPipes = spawnSync("mkfifo", ["--version"]).error === undefined;

  it.skipIf(!hasNamedPipes)("does not hold anyone up when it is a named pipe (needs mkfifo)", () => {
    spawnSync("mkfifo", [path]);
    expect(readContextFile(path)).toMatchObject({ kind: "invalid" });
  });

  it("that cannot be written names itself and leaves no draft behind", () => {
    mkdirSync(path);
    expect(() => writeContextFile(path, parent)).toThrow(`cannot write context file ${path}: see that`);
    expect(readdirSync(workspace)).toEqual(["traceparent.json"]);
  });

  it("in a directory that is none names itself and says what to see to", () => {
    writeFileSync(join(workspace, "file"), "");
    for (const directory of ["missing", "file"]) {
      const lost = join(workspace, directory, "traceparent.json");
      expect(() => writeContextFile(lost, parent)).toThrow(`cannot write context file ${lost}: see that its`);
    }
  });
});
