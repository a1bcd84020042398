// Tests use programs of the machine where there are any: Chromium for the web UI, bubblewrap and busybox for running steps,
// OpenTelemetry for Python. Where one is missing and can simply be had, it is installed; elsewhere the tests that need it are
// skipped and say so.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ensurePythonPackages } from "./python.js";

const TOOLS = [
  { package: "chromium", names: ["chromium", "chromium-browser", "google-chrome"], variable: "CHROME_PATH" },
  { package: "bubblewrap", names: ["bwrap"] },
  { package: "busybox", names: ["busybox"] },
];
const INSTALL_MS = 120_000;

export function ensureTools() {
  ensurePrograms();
  ensurePythonPackages();
}

function ensurePrograms() {
  const missing = TOOLS.filter((tool) => !isHere(tool)).map((tool) => tool.package);
  if (missing.length === 0 || process.getuid?.() !== 0 || !isOnPath("apt-get")) return;
  console.error(`installing ${missing.join(", ")} for the tests (once)…`);
  apt(["update"]);
  for (const each of missing) apt(["install", "--yes", "--no-install-recommends", each]);
}

function isHere({ names, variable }) {
  return (variable !== undefined && process.env[variable] !== undefined) || names.some(isOnPath);
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["-qq", ...args], { stdio: ["ignore", "ignore", 2], timeout: INSTALL_MS, env });
}

function isOnPath(name) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));
}
