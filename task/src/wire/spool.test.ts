import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { appendToSpool } from "./spool.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "throughline-spool-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

it("a spool is made by the first line, and keeps those before", () => {
  const spool = join(folder, "spool");
  appendToSpool(spool, '{"a":"ü"}');
  appendToSpool(spool, "{}");
  expect(readFileSync(spool, "utf8")).toBe('{"a":"ü"}\n{}\n');
});

it("a named pipe that nobody reads holds nobody up", () => {
  const pipe = join(folder, "pipe");
  spawnSync("mkfifo", [pipe]);
  expect(() => appendToSpool(pipe, "{}")).toThrow("ENXIO");
});
