// How quick `throughline run` is, beside gitlab-ci-local with its shell executor on the same shapes.
//
//     npm run bench -- run [--rounds 5]
//
// Times are of whole processes from the shell, medians over the rounds, all variants in turn in each round. "Traced" runs keep every
// span and write them out; "untraced" ones belong to a context that is not sampled. gitlab-ci-local is installed aside, and left out
// where it cannot be had. Prints one JSON line.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./support/checkout.ts";
import { heading } from "./support/heading.ts";
import { whole } from "./support/options.ts";
import { chain, gitlabPipeline, mixed, parallel, type Shape, tektonRun } from "./support/pipelines.ts";
import { quantiles } from "./support/quantiles.ts";
import { rounded } from "./support/rounded.ts";

const GITLAB_CI_LOCAL = "gitlab-ci-local@4.60.1";
const CHAIN_LENGTH = 50;
const NOT_SAMPLED = `00-${"1".repeat(32)}-${"2".repeat(16)}-00`;
const LONGEST_MS = 120_000;
const CRITICAL_PATH_MS = 4_000;

const { values } = parseArgs({ options: { rounds: { type: "string", default: "5" } } });
const rounds = whole("rounds", values.rounds);

const SHAPES: Record<string, Shape> = {
  one: chain(1, "true"),
  chain50: chain(CHAIN_LENGTH, "true"),
  parallel200: parallel(200, "true"),
  mixed: mixed(),
};

const folder = mkdtempSync(join(tmpdir(), "throughline-bench-run-"));
try {
  const peer = installPeer();
  const variants = new Map<string, () => number>();
  for (const [name, shape] of Object.entries(SHAPES)) {
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(tektonRun(shape)));
    variants.set(`${name} traced`, () => ours(file, []));
    variants.set(`${name} untraced`, () => ours(file, ["--set-context", NOT_SAMPLED]));
    if (peer !== undefined) variants.set(`${name} peer`, peerRun(peer, name, shape));
  }
  const bare = sandboxes(CHAIN_LENGTH);
  if (bare !== undefined) variants.set("chain50 sandboxes alone", bare);
  const times = new Map([...variants.keys()].map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++)
    for (const [name, time] of variants) times.get(name)?.push(time());
  const median = (name: string) => quantiles(times.get(name) ?? []).p50Ms ?? Number.NaN;
  const perTask = (name: string) =>
    rounded((median(`chain50 ${name}`) - median(`one ${name}`)) / (CHAIN_LENGTH - 1), 2);
  const makespan = (name: string) =>
    rounded((median(`mixed ${name}`) - median(`one ${name}`)) / CRITICAL_PATH_MS, 3);
  const sandbox = rounded(median("chain50 sandboxes alone") / CHAIN_LENGTH, 2);
  console.log(
    JSON.stringify({
      ...heading("run"),
      rounds,
      medianMs: Object.fromEntries([...variants.keys()].map((name) => [name, median(name)])),
      perSequentialTaskMs: {
        ours: perTask("traced"),
        sandboxAlone: sandbox,
        beyond: rounded(perTask("traced") - sandbox, 2),
        peer: perTask("peer"),
      },
      // The critical path is four seconds; what a run of one task takes is the start of the program.
      makespanRatio: { ours: makespan("traced"), peer: makespan("peer") },
      tracingCost: rounded(median("chain50 traced") / median("chain50 untraced") - 1, 3),
    }),
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function timed(command: string, args: readonly string[], cwd: string): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(command, args, {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: LONGEST_MS,
    env: { ...process.env, THROUGHLINE_DATA: join(folder, "data") },
  });
  const millis = performance.now() - started;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr}`);
  return millis;
}

function ours(file: string, more: readonly string[]): number {
  return timed(process.execPath, [join(root, "bin/throughline"), "run", file, ...more], folder);
}

/** So many bare sandboxes one after the other: what nobody can save. */
function sandboxes(count: number): (() => number) | undefined {
  const args = [
    "--ro-bind",
    "/",
    "/",
    "--unshare-pid",
    "--unshare-ipc",
    "--unshare-uts",
    "--proc",
    "/proc",
    "--dev",
    "/dev",
    "true",
  ];
  if (spawnSync("bwrap", args).status !== 0) return undefined;
  return () => {
    const started = performance.now();
    for (let index = 0; index < count; index++) spawnSync("bwrap", args);
    return performance.now() - started;
  };
}

/** Path of the peer's program. It needs git and rsync. */
function installPeer(): string | undefined {
  const aside = join(folder, "peer");
  mkdirSync(aside);
  const { status } = spawnSync(
    "npm",
    ["install", "--prefix", aside, "--no-audit", "--no-fund", GITLAB_CI_LOCAL],
    { stdio: "ignore" },
  );
  const program = join(aside, "node_modules/.bin/gitlab-ci-local");
  const hasRsync = spawnSync("rsync", ["--version"], { stdio: "ignore" }).status === 0;
  if (status === 0 && hasRsync) return program;
  console.error("gitlab-ci-local is left out: it could not be installed, or rsync is missing");
  return undefined;
}

function peerRun(program: string, name: string, shape: Shape): () => number {
  const repository = join(folder, `repository-${name}`);
  mkdirSync(repository);
  writeFileSync(join(repository, ".gitlab-ci.yml"), JSON.stringify(gitlabPipeline(shape)));
  const git = (...args: string[]) =>
    spawnSync("git", ["-c", "user.name=bench", "-c", "user.email=bench@example.com", ...args], {
      cwd: repository,
    });
  git("init", "--quiet");
  git("remote", "add", "origin", "https://example.com/bench/bench.git");
  git("add", "--all");
  git("commit", "--quiet", "--message", "bench");
  return () => timed(program, ["--shell-executor-no-image"], repository);
}
