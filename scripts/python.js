// Python steps are tested with Python's own OpenTelemetry. Its packages are for the tests alone: they lie beside those of npm, and
// nothing of the machine's own Python is touched. Where they cannot be had, the tests that need them are skipped and say so.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./setup.js";

// The versions docs/inside-a-step/python.md speaks of. They are for Python 3.10 and all that came after it.
const PACKAGES = ["opentelemetry-sdk==1.45.0", "opentelemetry-exporter-otlp-proto-http==1.45.0"];
/** Those that steps find; one in a home directory they do not. */
const PYTHONS = ["/usr/local/bin/python3", "/usr/bin/python3"];
/** A machine's Python often comes without pip; that of another one fetches for it. */
const PIPS = [["python3", "-m", "pip"], ["pip3"], ["pip"]];
/** Without a network nobody waits long: one attempt, and 120 s for all of 12 MB. */
const PATIENCE = ["--timeout", "5", "--retries", "0"];
const INSTALL_MS = 120_000;
const ANSWER_MS = 10_000;

const packages = join(root, "node_modules/.cache/throughline/python");

export function ensurePythonPackages() {
  const python = PYTHONS.find(existsSync);
  if (python === undefined || process.env.PYTHONPATH !== undefined) return;
  const stamp = join(packages, ".packages");
  const wanted = PACKAGES.join(" ");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.error("installing OpenTelemetry for Python for the tests (once)…");
  const trouble = install(python);
  if (trouble === undefined) writeFileSync(stamp, wanted);
  else console.error(`${wanted}: not installed (${trouble}): tests of Python steps are skipped`);
}

/** Beside their place and moved in, so that half of them is never taken for all. Answers what went wrong, if anything. */
function install(python) {
  const pip = [[python, "-m", "pip"], ...PIPS].find(answers);
  if (pip === undefined) return "there is no pip";
  const aside = `${packages}.new.${process.pid}`;
  try {
    const failure = fetchInto(aside, { pip, version: versionOf(python) });
    if (failure !== undefined) return failure;
    rmSync(packages, { recursive: true, force: true });
    renameSync(aside, packages);
    return undefined;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

function answers([command, ...args]) {
  return run(command, [...args, "--version"], ANSWER_MS).status === 0;
}

function versionOf(python) {
  const script = "import sys; print('%d.%d' % sys.version_info[:2])";
  return run(python, ["-c", script], ANSWER_MS).stdout.trim();
}

function fetchInto(directory, { pip: [command, ...args], version }) {
  const kind = ["--target", directory, "--python-version", version, "--only-binary", ":all:"];
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
  const { status, signal, stderr } = run(
    command,
    [...args, "install", ...quiet, ...PATIENCE, ...kind, ...PACKAGES],
    INSTALL_MS,
  );
  if (status === 0) return undefined;
  if (signal !== null) return "it took too long";
  return (
    stderr
      .trim()
      .split("\n")
      .findLast((line) => line.startsWith("ERROR:")) ?? `pip ended with ${status}`
  );
}

function run(command, args, timeout) {
  return spawnSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], timeout });
}
