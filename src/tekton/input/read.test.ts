import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type InputOptions, type InputTotals, readInput } from "./read.ts";
import { type Collected, collect, values } from "./testing.ts";

let directory = "";
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "throughline-input-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

async function read(...paths: string[]): Promise<Collected & { totals: InputTotals }> {
  return await readWith({ paths });
}

async function readWith(
  options: Pick<InputOptions, "paths" | "stdin">,
): Promise<Collected & { totals: InputTotals }> {
  const collected = collect();
  return { ...collected, totals: await readInput({ ...options, ...collected }) };
}

const POD = '{"kind":"Pod","metadata":{"name":"é"}}\n';
const POD_VALUE = { kind: "Pod", metadata: { name: "é" } };

describe("a file", () => {
  it.each<[string, string | Uint8Array]>([
    ["UTF-8", POD],
    ["UTF-8 with a byte order mark", `\ufeff${POD}`],
    ["UTF-16, as PowerShell writes it", Buffer.from(`\ufeff${POD}`, "utf16le")],
    ["UTF-16 with the high byte first", Buffer.from(`\ufeff${POD}`, "utf16le").swap16()],
    ["YAML", "kind: Pod\nmetadata:\n  name: é\n"],
    ["YAML with a byte order mark", "\ufeffkind: Pod\nmetadata:\n  name: é\n"],
    ["YAML in UTF-16", Buffer.from("\ufeffkind: Pod\nmetadata: {name: é}\n", "utf16le")],
    ["gzip", gzipSync(POD)],
    ["gzip in two members", Buffer.concat([gzipSync(POD.slice(0, 9)), gzipSync(POD.slice(9))])],
    ["gzip with zeros behind it", Buffer.concat([gzipSync(POD), Buffer.alloc(70_000)])],
    ["gzip over UTF-16", gzipSync(Buffer.from(`\ufeff${POD}`, "utf16le"))],
    ["white space at the beginning", `${" \n".repeat(1000)}${POD}`],
  ])("is read whatever its name: %s", async (_, content) => {
    const collected = await read(file("dump", content));
    expect(values(collected)).toEqual([POD_VALUE]);
    expect(collected.problems).toEqual([]);
    expect(collected.totals).toEqual({ bytes: Buffer.byteLength(content), files: 1, filesSkipped: 0 });
  });

  it.each<[string, string | Uint8Array]>([
    ["is empty", ""],
    ["is empty", " \n"],
    ["is empty", gzipSync("")],
    ["neither JSON nor YAML (binary data)", Buffer.from([0x7b, 0, 1, 2, 0x22])],
    ["neither JSON nor YAML (binary data)", Buffer.from("%PDF-1.4\n%âãÏÓ", "latin1")],
    ["neither JSON nor YAML (binary data)", gzipSync(Buffer.alloc(10_000))],
    ["unpack it", tar()],
    ["unpack it", gzipSync(tar())],
    ["gzip data that is damaged", gzipSync(POD).subarray(0, 10)],
  ])("that cannot be used %s: one problem", async (message, content) => {
    const path = file("dump.json", content);
    const collected = await read(path);
    expect(collected.objects).toEqual([]);
    expect(collected.problems).toEqual([{ where: path, message: expect.stringContaining(message) }]);
  });

  it("that is compressed and cut off loses only what was cut", async () => {
    const packed = gzipSync(POD.repeat(50_000) + JSON.stringify({ noise: noise() }));
    const collected = await read(file("dump.json.gz", packed.subarray(0, packed.length - 10_000)));
    expect(collected.objects).toHaveLength(50_000);
    expect(collected.problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("gzip data that is damaged"),
      expect.stringContaining("cut off"),
    ]);
  });

  it("with warnings of kubectl before the objects is read", async () => {
    const collected = await read(file("dump.json", `Warning: deprecated\nI0102 throttled\n${POD}`));
    expect(values(collected)).toEqual([POD_VALUE]);
    expect(collected.problems).toHaveLength(1);
  });

  it("may have a character cut by the end of what is looked at first", async () => {
    for (let width = 490; width < 520; width++) {
      const value = { a: `${"x".repeat(width)}😀`.repeat(2) };
      expect(values(await read(file("dump.json", JSON.stringify(value))))).toEqual([value]);
    }
  });

  it("that is missing is a problem, and the others are read", async () => {
    const missing = join(directory, "missing.json");
    const collected = await read(missing, file("a.json", POD));
    expect(values(collected)).toEqual([POD_VALUE]);
    expect(collected.problems).toEqual([{ where: missing, message: "does not exist: check the path" }]);
    expect(collected.totals.files).toBe(1);
  });

  it("is reported on as it is read", async () => {
    const path = file("a.json", POD.repeat(100_000));
    const progress: number[] = [];
    const { bytes } = await readInput({
      paths: [path],
      ...collect(),
      onProgress: (read) => progress.push(read),
    });
    expect(progress.length).toBeGreaterThan(2);
    expect(progress.at(-1)).toBe(bytes);
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
  });

  it("is closed when a callback throws, and the error is passed on", async () => {
    const options = { ...collect(), onObject: () => expect.fail("enough") };
    await expect(readInput({ paths: [file("a.json", POD)], ...options })).rejects.toThrow("enough");
  });
});

describe("a directory", () => {
  it("is walked in sorted order for JSON and YAML files", async () => {
    mkdirSync(join(directory, "b"));
    file("c.yaml.gz", gzipSync("kind: C\n"));
    file("b/a.jsonl", '{"kind":"B"}\n');
    file("a.json", '{"kind":"A"}');
    file("d.NDJSON", '{"kind":"D"}');
    file("e.yml", "kind: E\n");
    file("notes.txt", "kind: F\n");
    file("b/json", "kind: G\n");
    const collected = await read(directory);
    expect(values(collected).map(({ kind }) => kind)).toEqual(["A", "B", "C", "D", "E"]);
    expect(collected.objects[1]?.where).toBe(`${join(directory, "b/a.jsonl")}: line 1`);
    expect(collected.totals).toMatchObject({ files: 5, filesSkipped: 2 });
    expect(collected.problems).toEqual([]);
  });

  it("with links that lead in a circle is walked once; broken links are problems", async () => {
    mkdirSync(join(directory, "inner"));
    file("inner/a.json", POD);
    symlinkSync(directory, join(directory, "inner/loop"));
    symlinkSync(join(directory, "inner"), join(directory, "other"));
    symlinkSync(join(directory, "nowhere"), join(directory, "broken.json"));
    const collected = await read(directory);
    expect(collected.objects).toHaveLength(1);
    expect(collected.problems).toHaveLength(1);
  });

  it("that is empty is a problem", async () => {
    const collected = await read(directory);
    expect(collected.problems).toEqual([
      { where: directory, message: expect.stringContaining("empty directory") },
    ]);
  });
});

describe("standard input", () => {
  it("is read from another process", async () => {
    const script = `process.stdout.write(JSON.stringify({ kind: "List", items: Array(5000).fill(${POD}) }))`;
    const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    const exit = once(child, "exit");
    const collected = await readWith({ paths: ["-"], stdin: child.stdout });
    expect(collected.objects).toHaveLength(5000);
    expect(collected.objects[0]).toEqual({ value: POD_VALUE, where: "stdin: items[0]" });
    expect(collected.problems).toEqual([]);
    await exit;
  });

  it("that is not there is a problem", async () => {
    expect((await read("-")).problems).toEqual([{ where: "stdin", message: expect.any(String) }]);
  });
});

const FIXTURES = fileURLToPath(new URL("../../../../shared/fixtures/real", import.meta.url));

describe.skipIf(!existsSync(FIXTURES))("real dumps (needs ../shared/fixtures/real)", () => {
  it("are read without a problem", async () => {
    const collected = await read(FIXTURES);
    expect(collected.problems).toEqual([]);
    expect(collected.objects.length).toBeGreaterThan(collected.totals.files / 2);
  });
});

/** The header block of a tar archive (POSIX ustar): a name, and the magic at byte 257. */
function tar(): Buffer {
  const block = Buffer.alloc(1024);
  block.write("dump.json");
  block.write("ustar", 257);
  return block;
}

/** Text that does not compress. */
function noise(): string {
  let state = 1;
  return Array.from({ length: 50_000 }, () => {
    state = (state * 48_271) % 2_147_483_647;
    return state.toString(36);
  }).join("");
}
