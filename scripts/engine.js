// The engine of the embedded store is a package for each platform. A lockfile can only name those that its registry had
// when it was made, so the one for this machine is installed here when it is missing. Without it everything but the
// embedded store works, and `throughline up` says so.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root, run } from "./setup.js";

export function ensureEngine() {
  const wanted = engineOf(process.platform, process.arch, isMusl());
  const manifest = join(root, "node_modules/chdb/package.json");
  if (wanted === undefined || !existsSync(manifest) || existsSync(join(root, "node_modules", wanted))) return;
  const version = JSON.parse(readFileSync(manifest, "utf8")).optionalDependencies[wanted];
  console.error(`installing the store's engine, ${wanted} (once)…`);
  try {
    install(wanted, version);
  } catch (fault) {
    console.error(
      `${wanted}@${version} could not be installed (${fault.message}): everything but the embedded store works`,
    );
  }
}

/** The package for a machine; undefined where there is none: Alpine and others with musl, Windows. */
export function engineOf(platform, arch, musl) {
  if (musl || !["x64", "arm64"].includes(arch)) return undefined;
  if (platform === "linux") return `@chdb/lib-linux-${arch}-gnu`;
  return platform === "darwin" ? `@chdb/lib-darwin-${arch}` : undefined;
}

function isMusl() {
  return process.platform === "linux" && process.report.getReport().header.glibcVersionRuntime === undefined;
}

/** Beside the project and moved in, because npm would take the lockfile's word for what belongs there. */
function install(name, version) {
  const aside = mkdtempSync(join(tmpdir(), "throughline-engine-"));
  try {
    run("npm", ["install", "--prefix", aside, "--no-save", "--no-package-lock", `${name}@${version}`]);
    cpSync(join(aside, "node_modules", name), join(root, "node_modules", name), { recursive: true });
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
