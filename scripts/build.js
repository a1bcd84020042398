// Bundles src/ into dist/: one small file per command, loaded when the command is used; web/ into dist/web/; and task/ into
// task/dist/. Packages stay outside the program's bundle; types are checked by `npm test`.
import { copyFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { build as buildWeb } from "vite";
import { buildTask } from "./build-task.js";
import { root } from "./setup.js";

// Built aside and put in place at once, so that a program that is running finds its files.
const dist = join(root, "dist");
const fresh = join(root, `dist.new.${process.pid}`);
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
  // Less to read at every start; names stay as they are, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  logLevel: "warning",
});
const web = join(root, "web");
await buildWeb({
  root: web,
  configFile: join(web, "vite.config.ts"),
  logLevel: "warn",
  build: { outDir: join(fresh, "web"), emptyOutDir: true },
});
const task = await buildTask(`new.${process.pid}`);
// `throughline exec`, `context` and `metric` are the task package's own commands.
copyFileSync(join(task, "task.cjs"), join(fresh, "task.cjs"));
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);
