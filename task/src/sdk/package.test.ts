import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dist, requestsIn, spansOf, temporaryDirectory } from "./sdk.testing.ts";

const repository = join(import.meta.dirname, "../../..");

/** A directory of a user who installed the package and the OpenTelemetry API. */
function installed(): string {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, "node_modules/@throughline"), { recursive: true });
  symlinkSync(join(repository, "task"), join(directory, "node_modules/@throughline/task"));
  symlinkSync(
    join(repository, "node_modules/@opentelemetry"),
    join(directory, "node_modules/@opentelemetry"),
  );
  return directory;
}

/** Runs the source as a file of that name in the directory; answers the names of the spans, and stderr. */
function run(directory: string, { file, source }: { file: string; source: string }) {
  writeFileSync(join(directory, file), source);
  const spool = join(directory, `${file}.jsonl`);
  const env = { PATH: process.env["PATH"], THROUGHLINE_SPOOL: spool };
  const { stderr } = spawnSync(process.execPath, [file], { cwd: directory, env, encoding: "utf8" });
  return { names: spansOf(requestsIn(spool)).map(({ name }) => name), stderr };
}

/** The first program of a document. */
function program(document: string): string {
  const [, block = ""] = /^```js\n(.*?)^```/ms.exec(readFileSync(join(repository, document), "utf8")) ?? [];
  return block;
}

describe("the documents", () => {
  it.each([
    ["docs/inside-a-step/node.md", ["pack", "wc", "weigh"]],
    ["task/README.md", ["make", "build"]],
  ])("show a program that works: %s", (document, names) => {
    const directory = installed();
    writeFileSync(join(directory, "Makefile"), "all:\n");
    writeFileSync(join(directory, "app.js"), "");
    expect(run(directory, { file: "a.mjs", source: program(document) })).toEqual({ names, stderr: "" });
  });
});

describe("the package", () => {
  it("is one file that works alone, in a directory without packages", () => {
    const directory = temporaryDirectory();
    copyFileSync(join(dist, "standalone.js"), join(directory, "standalone.js"));
    const source = `import { startTaskTelemetry, trace, withSpan } from "./standalone.js";
      startTaskTelemetry(); withSpan("a", () => trace.getTracer("b").startSpan("b").end());`;
    expect(run(directory, { file: "a.mjs", source })).toEqual({ names: ["b", "a"], stderr: "" });
  });

  it("shares the OpenTelemetry API with whatever else is installed", () => {
    const source = `import { trace } from "@opentelemetry/api";
      import { startTaskTelemetry } from "@throughline/task";
      startTaskTelemetry(); trace.getTracer("other").startSpan("theirs").end();`;
    expect(run(installed(), { file: "a.mjs", source })).toEqual({ names: ["theirs"], stderr: "" });
  });

  it.each(["@throughline/task", "@throughline/task/standalone"])("lets CommonJS require %s", (name) => {
    const source = `const { startTaskTelemetry, withSpan } = require("${name}"); startTaskTelemetry(); withSpan("a", () => {});`;
    expect(run(installed(), { file: "a.cjs", source }).names).toEqual(["a"]);
  });

  it("has types that a strict program agrees with, and that refuse what is wrong", () => {
    const directory = installed();
    const source = `import { type CommandResult, runCommand, taskMetrics, withSpan } from "@throughline/task";
      export const one: number = withSpan("a", () => 1);
      export const result: Promise<CommandResult> = withSpan("a", { attributes: { a: 1 } }, () => runCommand("x", ["y"]));
      // @ts-expect-error no such result
      taskMetrics().completion("fine");`;
    writeFileSync(join(directory, "a.mts"), source);
    const compiler = join(repository, "node_modules/.bin/tsc");
    const options = ["--noEmit", "--strict", "--module", "nodenext", "--target", "es2022", "a.mts"];
    const { status, stdout } = spawnSync(compiler, options, { cwd: directory, encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  });

  it("is kilobytes, and says whose code is in it", () => {
    expect(statSync(join(dist, "index.js")).size).toBeLessThan(140_000);
    expect(statSync(join(dist, "standalone.js")).size).toBeLessThan(150_000);
    const notices = readFileSync(join(dist, "NOTICES.txt"), "utf8").trim().split("\n").slice(2);
    expect(notices.filter((line) => !/^@opentelemetry\/[\w-]+ [\d.]+, Apache-2\.0, /.test(line))).toEqual([]);
    expect(readFileSync(join(dist, "LICENSE"), "utf8")).toContain("Apache License");
  });

  it("has lines short enough to be shown when an error comes from them", () => {
    const lines = readFileSync(join(dist, "standalone.js"), "utf8").split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(1000);
  });
});
