// The tests of the web UI need Chromium. Where it is missing and can simply be had, it is installed; elsewhere those tests
// are skipped and say what to install.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];
const INSTALL_MS = 120_000;

export function ensureChromium() {
  if (process.env.CHROME_PATH !== undefined || NAMES.some(isOnPath)) return;
  if (process.getuid?.() !== 0 || !isOnPath("apt-get")) return;
  console.error("installing chromium for the tests of the web UI (once)…");
  apt(["update"]);
  apt(["install", "--yes", "--no-install-recommends", "chromium"]);
}

function apt(args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["-qq", ...args], { stdio: ["ignore", "ignore", 2], timeout: INSTALL_MS, env });
}

function isOnPath(name) {
  return (process.env.PATH ?? "").split(delimiter).some((folder) => existsSync(join(folder, name)));
}
