import { execFileSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { createWithin, makeDirectoryWithin, readWithin, takeWithin, writeWithin } from "./safe-path.ts";

const base = mkdtempSync(join(tmpdir(), "safe-path-test-"));
const root = join(base, "volume");
const outside = join(base, "outside");

afterAll(() => rmSync(base, { recursive: true, force: true }));

beforeEach(() => {
  for (const directory of [root, outside]) {
    rmSync(directory, { recursive: true, force: true });
    mkdirSync(directory, { mode: 0o755 });
  }
  writeFileSync(join(outside, "file"), "theirs");
});

describe("files of a volume", () => {
  it("are read and written, also by links that stay in the volume", () => {
    mkdirSync(join(root, "a/b"), { recursive: true });
    symlinkSync("a/b", join(root, "short"));
    expect(writeWithin({ root, inside: "short/file" }, "ours", 0o755)).toBe(true);
    expect(statSync(join(root, "a/b/file")).mode & 0o777).toBe(0o755);
    const read = readWithin({ root, inside: "a/b/file" }, 10);
    expect(read.kind === "read" && read.content.toString()).toBe("ours");
    expect(readWithin({ root, inside: "a/b/file" }, 3)).toEqual({ kind: "tooLarge" });
    expect(readWithin({ root: join(root, "a/b/file"), inside: "" }, 10)).toMatchObject({ kind: "read" });
  });

  it("are not read, written or made by links that lead out of it", () => {
    symlinkSync(outside, join(root, "out"));
    symlinkSync(join(outside, "file"), join(root, "link"));
    expect(readWithin({ root, inside: "out/file" }, 10)).toEqual({ kind: "absent" });
    expect(readWithin({ root, inside: "link" }, 10)).toEqual({ kind: "absent" });
    expect(writeWithin({ root, inside: "out/new" }, "ours")).toBe(false);
    expect(makeDirectoryWithin({ root, inside: "out/new" })).toBeUndefined();
    expect(writeWithin({ root, inside: "link" }, "ours")).toBe(true);
    expect(readFileSync(join(outside, "file"), "utf8")).toBe("theirs");
    expect(existsSync(join(outside, "new"))).toBe(false);
  });

  it("are taken out: their first bytes, whether those were all, and then they are gone", () => {
    for (const [maxBytes, content, isWhole] of [
      [6, "theirs", true],
      [5, "their", false],
    ] as const) {
      writeFileSync(join(root, "file"), "theirs");
      const taken = takeWithin({ root, inside: "file" }, maxBytes);
      expect(taken).toEqual({ kind: "taken", content: Buffer.from(content), isWhole });
      expect(existsSync(join(root, "file"))).toBe(false);
    }
    expect(takeWithin({ root, inside: "file" }, 6)).toEqual({ kind: "absent" });
    expect(takeWithin({ root, inside: "nowhere/file" }, 6)).toEqual({ kind: "absent" });
  });

  it("are not taken where they are links, directories or pipes", () => {
    symlinkSync(join(outside, "file"), join(root, "link"));
    symlinkSync(outside, join(root, "out"));
    mkdirSync(join(root, "directory"));
    execFileSync("mkfifo", [join(root, "pipe")]);
    const kinds = ["link", "out/file", "directory", "pipe"].map(
      (inside) => takeWithin({ root, inside }, 10).kind,
    );
    expect(kinds).toEqual(["refused", "absent", "refused", "refused"]);
    expect(readFileSync(join(outside, "file"), "utf8")).toBe("theirs");
  });

  it("gives an open file its content wherever its directory goes", () => {
    mkdirSync(join(root, "a"));
    const descriptor = createWithin({ root, inside: "a/file" });
    expect(descriptor).toBeDefined();
    if (descriptor === undefined) return;
    writeSync(descriptor, "ours");
    closeSync(descriptor);
    expect(readFileSync(join(root, "a/file"), "utf8")).toBe("ours");
  });

  // A step that swaps a directory for a link as fast as it can, which from another process goes as well.
  it.runIf(process.platform === "linux")("stay in it while links are swapped in", async () => {
    const swapper = new Worker(
      `const fs = require("node:fs"), { workerData: { root, outside } } = require("node:worker_threads");
      for (;;) {
        try { fs.mkdirSync(root + "/d"); } catch {}
        try { fs.renameSync(root + "/d", root + "/old"); fs.symlinkSync(outside, root + "/d"); } catch {}
        try { fs.unlinkSync(root + "/d"); } catch {}
        try { fs.rmSync(root + "/old", { recursive: true, force: true }); } catch {}
      }`,
      { eval: true, workerData: { root, outside } },
    );
    await new Promise((resolve) => swapper.once("online", resolve));
    const until = performance.now() + 300;
    const attempt = (work: () => unknown) => {
      try {
        work();
      } catch {
        // The directory went away meanwhile, which the step that did it may be told.
      }
    };
    let leaks = 0;
    while (performance.now() < until) {
      attempt(() => writeWithin({ root, inside: "d/new" }, "ours", 0o777));
      attempt(() => makeDirectoryWithin({ root, inside: "d/directory" }));
      attempt(() => {
        if (readWithin({ root, inside: "d/file" }, 10).kind !== "absent") leaks += 1;
      });
    }
    await swapper.terminate();
    expect(leaks).toBe(0);
    expect(existsSync(join(outside, "new"))).toBe(false);
    expect(existsSync(join(outside, "directory"))).toBe(false);
    expect(statSync(outside).mode & 0o777).toBe(0o755);
  });
});
