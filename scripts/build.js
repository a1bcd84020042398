// Bundles src/ into dist/: one small file per command, loaded when the command is used.
// Packages stay outside the bundle; types are checked by `npm test`.
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./setup.js";

// Built aside and put in place at once, so that a program that is running finds its files.
const dist = join(root, "dist");
const fresh = join(root, "dist.new");
rmSync(fresh, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: { main: "src/cli/main.ts" },
  outdir: fresh,
  bundle: true,
  splitting: true,
  packages: "external",
  format: "esm",
  platform: "node",
  target: "node20",
  sourcemap: true,
  logLevel: "warning",
});
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);
