import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import stringWidth from "string-width";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root, throughline } from "../../test/program.ts";
import { smallRun } from "../../test/small-run.ts";

const EXAMPLE = join(root, "examples/build-and-test.json");
const FAILED = join(root, "examples/failed-run.json");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "throughline-trace-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, objects: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
  return path;
}

describe("throughline trace", () => {
  it("draws the example run", async () => {
    const { exitCode, stdout } = await throughline(["trace", EXAMPLE]);
    expect(exitCode).toBe(0);
    await expect(stdout).toMatchFileSnapshot("golden/build-and-test.txt");
  });

  it("shows a failure with its exit code, where it happened", async () => {
    const { stdout } = await throughline(["trace", FAILED]);
    await expect(stdout).toMatchFileSnapshot("golden/failed-run.txt");
  });

  it.each([40, 60, 80, 200])("fits into %d columns", async (columns) => {
    const { stdout } = await throughline(["trace", EXAMPLE], { env: { COLUMNS: String(columns) } });
    const waterfall = stdout.split("\n\n")[1]?.split("\n") ?? [];
    expect(waterfall.length).toBeGreaterThan(20);
    for (const line of waterfall) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  });

  it("has colour only where it is wanted", async () => {
    const colour = "\u001b[";
    expect((await throughline(["trace", FAILED])).stdout).not.toContain(colour);
    expect((await throughline(["trace", FAILED], { env: { FORCE_COLOR: "1" } })).stdout).toContain(colour);
    expect(
      (await throughline(["trace", FAILED], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } })).stdout,
    ).not.toContain(colour);
  });

  it("lets no name write on the screen", async () => {
    const name = "\u001b[2J\u202eevil\u0007\nline";
    const path = file("evil.json", smallRun({ ended: 9, tasks: [{ name, from: 1, to: 8 }] }));
    const { stdout } = await throughline(["trace", path]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(stdout).toContain("evil");
  });

  it("keeps wide letters in their columns", async () => {
    const path = file(
      "wide.json",
      smallRun({
        ended: 9,
        tasks: [
          { name: "ビルドとテスト", from: 0, to: 9 },
          { name: "plain", from: 0, to: 9 },
        ],
      }),
    );
    const { stdout } = await throughline(["trace", path]);
    const bars = stdout.split("\n").filter((line) => line.includes("██"));
    const starts = bars.map((line) => stringWidth(line.slice(0, line.indexOf("█"))));
    expect(new Set(starts).size).toBe(1);
  });

  describe("of a dump with several runs", () => {
    const runs = () =>
      file("several.json", [
        ...smallRun({ ended: 9, tasks: [{ name: "build", from: 1, to: 8 }] }),
        ...smallRun({ name: "later", uid: "aaaaaaaa-e992-4304-8977-436289d10628", ended: 5, tasks: [] }),
      ]);

    it("lists them and asks for one", async () => {
      const { exitCode, stdout, stderr } = await throughline(["trace", runs()]);
      expect(exitCode).toBe(0);
      expect(stdout.trim().split("\n")).toHaveLength(4);
      expect(stderr).toMatch(/2 runs in the input: name one, e\.g\. throughline trace \S+ build-7k2mq/);
    });

    it.each([
      "later",
      "ci/later",
      "aaaaaaaa-e992-4304-8977-436289d10628",
      "aaaaaaaae99243048977436289d10628",
      "late",
    ])("finds one by %s", async (wanted) => {
      const { exitCode, stdout } = await throughline(["trace", runs(), wanted]);
      expect(exitCode).toBe(0);
      expect(stdout).toContain("ci/later");
    });

    it("says which there are when it finds none", async () => {
      const { exitCode, stderr } = await throughline(["trace", runs(), "nope"]);
      expect(exitCode).toBe(2);
      expect(stderr).toBe("throughline: no run nope in the input; it holds build-7k2mq, later\n");
    });
  });

  it("prints the spans as JSON", async () => {
    const { stdout } = await throughline(["trace", FAILED, "-o", "json"]);
    const [run] = JSON.parse(stdout).runs;
    expect(run.spans[0]).toMatchObject({
      spanId: run.spanId,
      status: "error",
      attributes: { "throughline.type": "pipelinerun" },
    });
  });
});
