// Bundles task/ into task/dist/, for images that have Node and nothing else.
import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { root } from "./setup.js";

const task = join(root, "task");

// Two patch versions of these are installed, because of what the SDK's packages ask for; one in the bundle is enough.
const ONE_VERSION = Object.fromEntries(
  ["core", "resources", "semantic-conventions"].map((name) => [
    `@opentelemetry/${name}`,
    `@opentelemetry/${name}`,
  ]),
);

/** Built aside, under a name with that suffix, and put in place at once; answers the directory. */
export async function buildTask(suffix) {
  const dist = join(task, "dist");
  const fresh = `${dist}.${suffix}`;
  try {
    await bundle(fresh);
    emitTypes(join(fresh, "types"));
    rmSync(dist, { recursive: true, force: true });
    renameSync(fresh, dist);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return dist;
}

async function bundle(outdir) {
  const common = {
    absWorkingDir: task,
    outdir,
    bundle: true,
    platform: "node",
    mainFields: ["module", "main"],
    target: "node20",
    minify: true,
    // Node prints the line an error comes from.
    lineLimit: 160,
    metafile: true,
    logLevel: "warning",
  };
  const courier = await build({
    ...common,
    format: "cjs",
    entryPoints: { courier: "src/sdk/courier.ts" },
    write: false,
  });
  const define = { COURIER: JSON.stringify(courier.outputFiles[0].text) };
  const sdk = { ...common, format: "esm", alias: ONE_VERSION, define };
  const results = await Promise.all([
    // The API is shared with whatever else instruments the program; the standalone file brings its own, to be a single file.
    build({ ...sdk, external: ["@opentelemetry/api"], entryPoints: { index: "src/index.ts" } }),
    build({ ...sdk, entryPoints: { standalone: "src/standalone.ts" } }),
    build({
      ...common,
      format: "cjs",
      outExtension: { ".js": ".cjs" },
      entryPoints: { task: "src/cli/main.ts" },
    }),
  ]);
  writeNotices(outdir, results);
}

function emitTypes(outdir) {
  const compiler = join(root, "node_modules/.bin/tsc");
  const { status } = spawnSync(compiler, ["--project", task, "--outDir", outdir], {
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error("the types of task/ could not be made");
}

/** What Apache-2.0 asks of who passes code on: its text, and whose code it is. */
function writeNotices(directory, results) {
  const files = results.flatMap(({ metafile }) => Object.keys(metafile.inputs));
  const folders = files.flatMap((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(join(task, file)) ?? []);
  const packages = [...new Set(folders)].map((folder) =>
    JSON.parse(readFileSync(join(folder, "package.json"), "utf8")),
  );
  const lines = packages.map(
    ({ name, version, license, author }) =>
      `${name} ${version}, ${license}, Copyright ${author.name ?? author}`,
  );
  const text = [
    "The files in this directory contain code of these packages. LICENSE has the text of Apache-2.0.",
    "",
  ];
  writeFileSync(join(directory, "NOTICES.txt"), [...text, ...new Set(lines.sort()), ""].join("\n"));
  copyFileSync(join(root, "LICENSE"), join(directory, "LICENSE"));
}
