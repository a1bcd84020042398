import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../test/program.ts";
import { createProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";

/** Runs `throughline collector-config` here, and answers what it printed. */
async function collectorConfig(args: readonly string[]) {
  const printed = { stdout: "", stderr: "" };
  const terminal: Terminal = {
    env: {},
    stdin: (async function* () {})(),
    write: async (text) => {
      printed.stdout += text;
    },
    flush: async () => {},
    say: (line) => {
      printed.stderr += `${line}\n`;
    },
    progress: () => {},
    width: 100,
    hasColour: false,
  };
  const exitCode = await createProgram(terminal).run(["collector-config", ...args]);
  return { exitCode, ...printed };
}

const FOLDER = join(root, "deploy/collector");
/** The table of deploy/collector/README.md: a file, and the command that prints it. */
const rendered = [
  ...readFileSync(join(FOLDER, "README.md"), "utf8").matchAll(
    /^\| \[(.+?)\].*\| `throughline collector-config (.+?)` \|$/gm,
  ),
].map(([, file = "", args = ""]) => ({ file, args }));

describe("deploy/collector", () => {
  it("has files", () => {
    expect(rendered.length).toBeGreaterThan(3);
  });

  // After a change: vitest run src/cli/collector-config.test.ts -u
  it.each(rendered)("has in $file what collector-config $args prints", async ({ file, args }) => {
    const { exitCode, stdout, stderr } = await collectorConfig(args.split(" "));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    await expect(stdout).toMatchFileSnapshot(join(FOLDER, file));
  });
});

describe("throughline collector-config", () => {
  it("prints a configuration without being told anything", async () => {
    const { exitCode, stdout } = await collectorConfig([]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("endpoint: http://throughline:4318\n");
  });

  it("keeps the address of a backend as it is given", async () => {
    const secure = "tcp://clickhouse.example:9440/traces?secure=true";
    const { stdout } = await collectorConfig(["--backend", "clickhouse", "--endpoint", secure]);
    expect(stdout).toContain("endpoint: tcp://clickhouse.example:9440?secure=true\n");
    expect(stdout).toContain("database: traces\n");
  });

  it.each([
    [["--backend", "jaeger"], "--backend jaeger: choose one of otlp-http, otlp-grpc, clickhouse"],
    [
      ["--endpoint", "otlp.example:4318"],
      "--endpoint otlp.example:4318: no address of otlp-http; write it like",
    ],
    [["--backend", "clickhouse", "--endpoint", "ftp://x"], "--endpoint ftp://x: no address of clickhouse"],
    [["--endpoint", "https://me:secret@otlp.example"], "--endpoint has credentials in it: leave them out"],
    [["--backend", "otlp-grpc", "--endpoint", "http://x:4317/v1"], "gRPC has no paths"],
    [["--tail-sampling", "--slow", "soon"], "--slow soon: no duration of a second or more"],
    [["--tail-sampling", "--longest-run", "0s"], "--longest-run 0s: no duration of a second or more"],
    [["--tail-sampling", "--keep", "101"], "--keep 101: no percentage"],
    [["--slow", "5m"], "--slow, --longest-run and --keep are for tail sampling: add --tail-sampling"],
    [["--backend", "clickhouse", "--auth"], "--auth is for OTLP"],
    [["--memory", "64Mi"], "--memory 64Mi: write 256Mi or more"],
    [["--replicas", "0"], "--replicas 0: write a number from 1 to 100"],
    [["--replicas", "2", "--no-kubernetes"], "--replicas is for Kubernetes"],
    [["--no-kubernetes", "-o", "kubernetes"], "--output kubernetes and --no-kubernetes exclude each other"],
    [["--namespace", "Not_One"], "--namespace Not_One: no name of a namespace"],
    [["--cluster", ""], "--cluster is empty"],
  ])("refuses %j in one line, and prints nothing", async (args, message) => {
    const { exitCode, stdout, stderr } = await collectorConfig(args);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/^throughline: .*\n$/);
    expect(stderr).not.toContain("secret");
  });
});
