import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateRun, kubectlList } from "../../test/generate/index.ts";
import { throughline, throughlineUp } from "../../test/program.ts";
import { COMPARE, ERRORS, RUNS, TASKS } from "../insight/index.ts";

const folder = mkdtempSync(join(tmpdir(), "throughline-questions-"));
const env = { THROUGHLINE_DATA: join(folder, "data"), COLUMNS: "80" };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Sixteen pushes, every other one to a branch whose test takes longer; the first fails. */
function pushes(): string {
  const objects = Array.from({ length: 16 }, (_, index) => {
    const step = { name: "run", image: "alpine:3.22", command: ["true"] };
    const branch = index % 2 === 0 ? "main" : "dev";
    const build = { ...step, durationMs: 60_000 + 1_000 * (index % 5) };
    const test = {
      ...step,
      durationMs: (branch === "dev" ? 200_000 : 100_000) + 1_500 * (index % 7),
      exitCodes: [index === 0 ? 3 : 0],
    };
    return generateRun(
      {
        pipeline: "ship",
        namespace: "shop-ci",
        createdAt: `2026-11-18T${String(index).padStart(2, "0")}:00:00Z`,
        tasks: [
          { name: "build", work: { kind: "steps", steps: [build] } },
          { name: "test", runAfter: ["build"], work: { kind: "steps", steps: [test] } },
        ],
        images: { "alpine:3.22": { pullMs: 0, bytes: 0, cached: true } },
        pullRequest: {
          organization: "shop",
          repository: "web",
          number: index,
          sha: String(index).padStart(40, "0"),
          title: "Change",
          sender: "ada",
          sourceBranch: branch,
          targetBranch: "main",
        },
      },
      index,
    ).all();
  });
  return [...kubectlList(objects.flat())].join("");
}

beforeAll(async () => {
  const dump = join(folder, "dump.json");
  writeFileSync(dump, pushes());
  await throughline(["import", dump], { env });
}, 60_000);

async function ask(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await throughline(args, { env });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout;
}

describe("throughline runs", () => {
  it("lists what took longer than it should", async () => {
    const lines = (await ask("runs", "--longer-than", "4m", "--limit", "3")).trimEnd().split("\n");
    expect(lines[0]?.trim()).toMatch(/^run +pipeline +branch +started \(UTC\) +took +waited$/);
    expect(lines[1]).toMatch(/^✓ {2}ship-\w{5} +ship +dev +2026-11-18 15:00 +4m \d\ds +[\d.]+s$/);
    expect(lines).toHaveLength(5);
    expect(lines[4]).toMatch(
      /^3 of 8 runs; the next page: the same with --after started\.\d+\.[0-9a-f]{16}$/,
    );
  });

  it("says what went wrong where there is room", async () => {
    const { stdout } = await throughline(["runs", "--result", "failure"], {
      env: { ...env, COLUMNS: "140" },
    });
    expect(stdout).toMatch(/^✗ {2}ship-\w{5} +ship +main .* test › run: exited with code 3$/m);
    expect(stdout).toMatch(/^1 run$/m);
  });

  it("prints the answer as JSON, and the next page of it", async () => {
    const first = JSON.parse(await ask("runs", "--limit", "10", "-o", "json"));
    expect([first.runs.length, first.total]).toEqual([10, 16]);
    const second = JSON.parse(await ask("runs", "--limit", "10", "--after", first.next, "-o", "json"));
    expect([second.runs.length, second.next]).toEqual([6, undefined]);
  });

  it("fits into any terminal", async () => {
    for (const columns of ["40", "60", "80", "100", "200"]) {
      const { stdout } = await throughline(["runs"], { env: { ...env, COLUMNS: columns } });
      const table = stdout.trimEnd().split("\n").slice(0, -1);
      expect(Math.max(...table.map(({ length }) => length))).toBeLessThanOrEqual(Number(columns));
    }
  });

  it("says what to do where nothing matches", async () => {
    expect(await ask("runs", "--branch", "nobody", "--limit", "3")).toBe(
      "no runs match; try without --branch\n",
    );
  });
});

describe("the other questions", () => {
  it("tasks: the bottleneck on top", async () => {
    const lines = (await ask("tasks", "--pipeline", "ship")).split("\n");
    expect(lines[1]).toMatch(/^test +−\dm \d\ds +\d\d\.\d% +█+ /);
    expect(lines[2]).toMatch(/^build/);
    expect(lines[3]).toBe("16 runs that are over; path: share of their time on the critical path");
  });

  it("errors: what fails and why", async () => {
    expect(await ask("errors")).toBe(
      [
        "✗ ship / test",
        "  1 of 16 failed (6.3%)",
        "    1× exited with code 3",
        "  exit codes: 3 (1×)",
        "",
      ].join("\n"),
    );
    expect(await ask("errors", "--branch", "dev")).toBe(
      "nothing failed (throughline runs shows what there is)\n",
    );
  });

  it("compare: what is more than noise", async () => {
    const text = await ask("compare", "branch:main", "branch:dev");
    expect(text).toMatch(/^a {2}branch:main {2}8 runs\nb {2}branch:dev {2}8 runs\n/);
    expect(text).toMatch(/^test .*slower/m);
    expect(text).not.toMatch(/^build .*(slower|faster)/m);
  });

  it("compare: no durations where nothing succeeded", async () => {
    const day = "2026-11-18T";
    const failed = `period:${day}00:00:00Z..${day}00:30:00Z`;
    const text = await ask("compare", failed, `period:${day}00:30:00Z..${day}23:00:00Z`);
    expect(text).toMatch(/^all of it +\dm \d\ds +\dm \d\ds +100\.0%$/m);
  });

  it("compare: two runs, task by task", async () => {
    const { runs } = JSON.parse(await ask("runs", "-o", "json"));
    const text = await ask("compare", `run:${runs[0].name}`, `run:${runs[1].traceId}`);
    expect(text).toMatch(/^all of it +✓ +4m \d\ds +✓ +\dm \d\ds +−1m/m);
  });

  it("go to a running server as well as to the data", async () => {
    const server = await throughlineUp(["--data", env.THROUGHLINE_DATA]);
    const found = await throughline(["runs", "--limit", "1"], { env });
    const named = await throughline(["runs", "--limit", "1", "--server", server.ui], { env });
    const wrong = await throughline(["runs", "--limit", "none", "--server", server.ui], { env });
    await server.stop();
    expect(found.stdout).toContain("1 of 16 runs");
    expect(named.stdout).toBe(found.stdout);
    expect([wrong.exitCode, wrong.stderr]).toEqual([
      2,
      expect.stringContaining('--limit: "none" is no number'),
    ]);
  });

  it.each([
    [["runs", "--since", "soon"], /^throughline: --since: "soon" is no time; write/],
    [["runs", "--branch", ""], /^throughline: --branch is empty: give it a value/],
    [["compare", "main", "dev"], /^throughline: a: "main" is no side; write branch:NAME/],
    [["trace", "nobody"], /no run or trace "nobody" in the store; throughline runs shows what there is/],
    [
      ["runs", "--server", "localhost:4000"],
      /--server localhost:4000: give the address of a server, e\.g\. http:/,
    ],
    [
      ["runs", "--server", "http://127.0.0.1:1"],
      /http:\/\/127.0.0.1:1 cannot be reached; start a server with: throughline up/,
    ],
    [
      ["runs", "--data", join(folder, "nothing")],
      /there is no data in .*nothing yet; bring some in with throughline import FILE/,
    ],
    [["runs", "-o", "yaml"], /--output yaml: choose one of text, json/],
  ])("say what is wrong with %j", async (args, message) => {
    const { exitCode, stderr } = await throughline(args, { env });
    expect(exitCode).toBe(2);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stderr).toMatch(message);
  });

  it.each([
    ["runs", RUNS],
    ["tasks", TASKS],
    ["errors", ERRORS],
    ["compare", COMPARE],
  ])("%s: every parameter is an option", async (command, { parameters }) => {
    const { stdout } = await throughline([command, "--help"]);
    const options = parameters.map(({ name }) => name).filter((name) => name.length > 1);
    expect(options.filter((name) => !stdout.includes(`--${name} `))).toEqual([]);
  });
});
