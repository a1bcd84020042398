// What `npm start` and `npm test` need before they can run: the packages and the built program.
// Uses nothing but Node's own modules, because it runs before anything is installed.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a command of this project with its output on our stderr, so that stdout stays the program's own. */
export function run(command, args) {
  execFileSync(command, args, { cwd: root, stdio: ["inherit", 2, 2], shell: process.platform === "win32" });
}

export function ensureNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`throughline needs Node 20.19 or newer; this is ${process.version}. See https://nodejs.org`);
  process.exit(2);
}

/** Installs the packages of the lockfile unless exactly those are there already. */
export function ensureInstalled() {
  if (isInstalled()) return;
  console.error("installing packages (once)…");
  run("npm", ["ci"]);
}

function isInstalled() {
  const installed = packagesOf("node_modules/.package-lock.json");
  if (installed === undefined) return false;
  const wanted = packagesOf("package-lock.json");
  return Object.entries(wanted).every(
    ([path, entry]) => path === "" || entry.optional || installed[path]?.version === entry.version,
  );
}

function packagesOf(lockfile) {
  const path = join(root, lockfile);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).packages : undefined;
}

/** Builds `dist/` unless it was built from exactly these sources. */
export function ensureBuilt() {
  const fingerprint = sourceFingerprint();
  const stamp = join(root, "dist/.sources");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprint) return;
  console.error("building…");
  run(process.execPath, ["scripts/build.js"]);
  writeFileSync(stamp, fingerprint);
}

function sourceFingerprint() {
  const hash = createHash("sha256");
  for (const folder of ["src", "task/src", "web"]) {
    for (const entry of readdirSync(join(root, folder), { recursive: true }).sort()) {
      const { size, mtimeMs } = statSync(join(root, folder, entry));
      hash.update(`${folder}/${entry} ${size} ${mtimeMs}\n`);
    }
  }
  for (const file of ["package.json", "package-lock.json", "scripts/build.js", "scripts/build-task.js"]) {
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}
