import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import stringWidth from "string-width";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bubblewrap } from "../../test/bubblewrap.ts";
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

describe("throughline trace of a run that is kept", () => {
  const data = () => ["--data", join(folder, "data")];
  beforeAll(() => throughline(["import", EXAMPLE, FAILED, ...data()]));

  it.each(["failed-run.txt", "build-and-test.txt"])("draws what is drawn of its dump: %s", async (golden) => {
    const drawn = readFileSync(join(import.meta.dirname, "golden", golden), "utf8");
    const [, name = ""] = /^\S \S+ {2}(\S+) /.exec(drawn) ?? [];
    const { exitCode, stdout } = await throughline(["trace", name, ...data()]);
    expect(exitCode).toBe(0);
    const [head, rows = ""] = stdout.split("\n\n");
    const [expectedHead, expectedRows = ""] = drawn.split("\n\n");
    expect(head).toBe(expectedHead);
    expect(rows.split("\n")).toHaveLength(expectedRows.split("\n").length);
    expect(marked(rows)).toEqual(marked(expectedRows));
  });

  it("prints what the API answers as JSON", async () => {
    const { stdout } = await throughline(["trace", "build-and-test-n5n2l", "-o", "json", ...data()]);
    expect(JSON.parse(stdout)).toMatchObject({ runs: [{ name: "build-and-test-n5n2l" }], spans: {} });
  });

  it("says when there is none, and when there is no data at all", async () => {
    const none = await throughline(["trace", "nope", ...data()]);
    expect([none.exitCode, none.stderr]).toEqual([2, expect.stringContaining('"nope"')]);
    const nothing = await throughline(["trace", "nope", "--data", join(folder, "nowhere")]);
    expect([nothing.exitCode, nothing.stderr]).toEqual([
      2,
      expect.stringContaining("throughline import FILE"),
    ]);
  });
});

describe.skipIf(bubblewrap === undefined)("throughline trace of a run made here (needs bubblewrap)", () => {
  const data = () => ["--data", join(folder, "made-here")];
  const script = "#!/bin/sh\ntrue\n";
  const steps = [{ name: "work", image: "alpine", script }];
  beforeAll(async () => {
    const metadata = { name: "demo" };
    const run = { apiVersion: "tekton.dev/v1", kind: "TaskRun", metadata, spec: { taskSpec: { steps } } };
    const path = join(folder, "run.yaml");
    writeFileSync(path, JSON.stringify(run));
    expect((await throughline(["run", path, ...data()])).exitCode).toBe(0);
  });

  it("leaves out what reconcilers did, and says how to see it", async () => {
    const { stdout } = await throughline(["trace", "demo", ...data()]);
    expect(stdout).toContain("✓ step work");
    expect(stdout).not.toContain("ReconcileKind");
    expect(stdout).toMatch(/\n\d+ reconcile spans left out; --reconciles draws what the reconcilers did\n$/);
  });

  it("draws it on request, with what was decided", async () => {
    const { stdout } = await throughline(["trace", "demo", "--reconciles", ...data()], {
      env: { COLUMNS: "160" },
    });
    expect(stdout).toMatch(/◦ TaskRun:ReconcileKind .*─/);
    expect(stdout).toMatch(/◦ \w+ {2}created Pod demo-pod/);
    expect(stdout).not.toContain("left out");
    expect(stdout).not.toMatch(/^ +\? /m);
  });

  it("has it in the JSON always", async () => {
    const { stdout } = await throughline(["trace", "demo", "-o", "json", ...data()]);
    expect(JSON.parse(stdout).texts).toContain("TaskRun:ReconcileKind");
  });
});

/** Rows on the critical path, and those that failed, in any order. */
function marked(waterfall: string): string[] {
  const rows = waterfall.split("\n").filter((line) => /^[● ] +[✗!]|^●/.test(line));
  return rows
    .map((line) => line.slice(0, 2) + (/[✓✗!▪] (?:RUN |step |attempt )?\S+/.exec(line)?.[0] ?? ""))
    .sort();
}
