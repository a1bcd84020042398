// `npm run bench -- NAME [ARGS]`: bundles bench/NAME.ts, runs it and passes the arguments on. Without a name, lists them.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ensureEngine } from "./engine.js";
import { ensureBuilt, ensureInstalled, ensureNode, root } from "./setup.js";

ensureNode();
ensureInstalled();
ensureEngine();
const [name, ...args] = process.argv.slice(2);
const names = readdirSync(join(root, "bench"))
  .filter((file) => file.endsWith(".ts"))
  .map((file) => file.slice(0, -".ts".length));
if (!names.includes(name)) {
  console.error(`${name === undefined ? "" : `no bench is called ${name}; `}benches: ${names.join(", ")}`);
  process.exit(name === undefined ? 0 : 2);
}
// The benches measure the built program.
ensureBuilt();
const bundle = join(root, "dist/bench", `${name}.mjs`);
const { build } = await import("esbuild");
await build({
  absWorkingDir: root,
  entryPoints: [`bench/${name}.ts`],
  outfile: bundle,
  bundle: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node20",
  sourcemap: true,
  logLevel: "warning",
});
const { status } = spawnSync(process.execPath, ["--enable-source-maps", bundle, ...args], {
  stdio: "inherit",
});
process.exit(status ?? 1);
