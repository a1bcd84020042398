// What it costs to run a command as a span: the shell shim and `throughline exec` around `true`.
//
//     npm run bench -- wrapper [--rounds 41]
//
// The shim goes on in bash where it finds one; "curl" is without. Each with a live collector, one that refuses connections, one that takes them and says nothing (cut off after the preset of one
// second), none at all, and a spool; the shim under every shell that is here. Times are of whole processes, all variants in
// turn in each round; stderr is a pipe, as in a step. "Added" is the difference of medians to the bare shell or, for `exec`, the
// quotient with `node -e 0`. Prints one JSON line.
import { spawnSync } from "node:child_process";
import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./support/checkout.ts";
import { startCollectors } from "./support/collector-process.ts";
import { heading } from "./support/heading.ts";
import { whole } from "./support/options.ts";
import { rounded } from "./support/rounded.ts";

const SHELLS = ["dash", "bash", "busybox"];
const CONTEXT = `00-${"1".repeat(32)}-${"2".repeat(16)}-01`;
/** Waiting for a collector that hangs is a second each time. */
const ROUNDS_PER_HANGING_ROUND = 10;

const { values } = parseArgs({ options: { rounds: { type: "string", default: "41" } } });
const rounds = whole("rounds", values.rounds);

interface Variant {
  name: string;
  command: readonly string[];
  env: Readonly<Record<string, string>>;
}

const folder = mkdtempSync(join(tmpdir(), "throughline-bench-wrapper-"));
const collectors = await startCollectors();
const stderr = openPipe();
const pathWithoutBash = linkWithoutBash();
try {
  const variants = [
    variant("sh", ["sh", "-c", "true"]),
    variant("node", [process.execPath, "-e", "0"]),
    ...SHELLS.filter(isHere).flatMap((shell) => wrapped(`shim ${shell}`, shimCommand(shell))),
    ...SHELLS.filter((shell) => shell !== "bash" && isHere(shell)).flatMap((shell) =>
      wrapped(`shim ${shell} curl`, shimCommand(shell), { PATH: pathWithoutBash }),
    ),
    ...wrapped("exec", [process.execPath, join(root, "bin/throughline"), "exec"]),
  ];
  const times = new Map(variants.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++)
    for (const each of variants.filter(({ name }) => isDue(name, round)))
      times.get(each.name)?.push(timed(each));
  const p50 = (name: string) => quantile(times.get(name) ?? [], 0.5);
  const shims = variants.filter(({ name }) => name.startsWith("shim"));
  const execs = variants.filter(({ name }) => name.startsWith("exec"));
  console.log(
    JSON.stringify({
      ...heading("wrapper"),
      rounds,
      ms: Object.fromEntries(
        [...times].map(([name, all]) => [name, { p50: p50(name), p90: quantile(all, 0.9) }]),
      ),
      shimAddedP50Ms: Object.fromEntries(shims.map(({ name }) => [name, rounded(p50(name) - p50("sh"), 1)])),
      execTimesNode: Object.fromEntries(execs.map(({ name }) => [name, rounded(p50(name) / p50("node"), 2)])),
    }),
  );
} finally {
  collectors.stop();
  for (const end of stderr) closeSync(end);
  rmSync(folder, { recursive: true, force: true });
}

function variant(name: string, command: readonly string[], env: Variant["env"] = {}): Variant {
  return { name, command, env: { TRACEPARENT: CONTEXT, ...env } };
}

function wrapped(name: string, command: readonly string[], env: Variant["env"] = {}): Variant[] {
  const line = [...command, "true"];
  return [
    variant(`${name} live`, line, { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collectors.live }),
    // Nobody listens at port 1, which only root could.
    variant(`${name} dead`, line, { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:1" }),
    variant(`${name} hanging`, line, { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: collectors.hanging }),
    variant(`${name} none`, line, env),
    variant(`${name} spool`, line, { ...env, THROUGHLINE_SPOOL: join(folder, "spool") }),
  ];
}

/** Answers a PATH with what the shim uses, and the shells but bash. */
function linkWithoutBash(): string {
  const directory = join(folder, "bin");
  mkdirSync(directory);
  for (const name of "dash busybox sh env true sleep date tr sed head tee tail find od curl".split(" ")) {
    const found = (process.env["PATH"] ?? "").split(delimiter).map((each) => join(each, name));
    const program = found.find((each) => existsSync(each));
    if (program !== undefined) symlinkSync(program, join(directory, name));
  }
  return directory;
}

function shimCommand(shell: string): string[] {
  return [...(shell === "busybox" ? ["busybox", "sh"] : [shell]), join(root, "task/throughline-exec")];
}

function isHere(shell: string): boolean {
  return spawnSync(shell, ["-c", "true"], { stdio: "ignore" }).error === undefined;
}

function isDue(name: string, round: number): boolean {
  return !name.endsWith("hanging") || round % ROUNDS_PER_HANGING_ROUND === 0;
}

/** Both ends of a pipe with a name, which nothing reads: what wrappers say fits into it. */
function openPipe(): [reader: number, writer: number] {
  const path = join(folder, "stderr");
  if (spawnSync("mkfifo", [path]).status !== 0) throw new Error("this bench needs mkfifo");
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return [reader, openSync(path, constants.O_WRONLY)];
}

function timed({ name, command: [program = "", ...args], env }: Variant): number {
  const [, writer] = stderr;
  const { PATH = "" } = process.env;
  const started = performance.now();
  const { status } = spawnSync(program, args, { stdio: ["ignore", "ignore", writer], env: { PATH, ...env } });
  const millis = performance.now() - started;
  if (status !== 0) throw new Error(`${name} ended with ${status}`);
  return millis;
}

function quantile(millis: readonly number[], share: number): number {
  const sorted = millis.toSorted((a, b) => a - b);
  return rounded(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN, 1);
}
