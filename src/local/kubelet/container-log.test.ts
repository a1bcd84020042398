import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ContainerLog } from "./container-log.ts";
import { textOf } from "./kubelet.testing.ts";
import { readContainerLog } from "./read-log.ts";

const MIB = 1024 * 1024;

describe("the log of a container", () => {
  const directory = mkdtempSync(join(tmpdir(), "throughline-log-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const troubles: string[] = [];
  const open = (name: string) =>
    new ContainerLog({ path: join(directory, name), onTrouble: (message) => troubles.push(message) });

  it("makes no file for a container that prints nothing", async () => {
    const log = open("silent.log");
    log.close();
    expect(await textOf(readContainerLog({ path: log.path }))).toBe("");
    expect(readdirSync(directory)).not.toContain("silent.log");
  });

  it("keeps the beginning and the end of very much output, and says that some is left out", async () => {
    const log = open("long/log.log");
    log.append(Buffer.from("first line\n"));
    const block = Buffer.alloc(MIB, "x".repeat(79).concat("\n"));
    for (let written = 0; written < 100; written++) log.append(block);
    log.append(Buffer.from("last line\n"));
    log.close();
    const files = readdirSync(join(directory, "long"));
    const bytes = files.reduce((sum, file) => sum + statSync(join(directory, "long", file)).size, 0);
    expect(bytes).toBeLessThanOrEqual(64 * MIB);
    expect(bytes).toBeGreaterThan(48 * MIB);
    const text = await textOf(readContainerLog({ path: log.path }));
    expect(text.startsWith("first line\n")).toBe(true);
    expect(text.endsWith("last line\n")).toBe(true);
    expect(text).toContain("output left out here");
  });

  it("is read from its last lines across files", async () => {
    const path = join(directory, "tail.log");
    writeFileSync(path, "1\n2\n3");
    writeFileSync(`${path}.1`, "3\n4\n5");
    const tail = (tailLines: number) => textOf(readContainerLog({ path, tailLines }));
    expect(await Promise.all([0, 1, 2, 3, 4, 9].map(tail))).toEqual([
      "",
      "5",
      "4\n5",
      "33\n4\n5",
      "2\n33\n4\n5",
      "1\n2\n33\n4\n5",
    ]);
  });

  it("tells once that it cannot be written, and lets the container go on", () => {
    writeFileSync(join(directory, "blocked"), "a file where a directory is needed");
    const log = open("blocked/log.log");
    log.append(Buffer.from("one"));
    log.append(Buffer.from("two"));
    log.close();
    expect(troubles).toHaveLength(1);
    expect(troubles[0]).toContain("not kept");
  });
});
