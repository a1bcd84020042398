// `npm test`: everything that has to hold, in the order in which failures are cheapest to find.
// Arguments go to Vitest: `npm test -- src/context` runs the tests of one room.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureEngine } from "./engine.js";
import { ensureBuilt, ensureInstalled, ensureNode, root } from "./setup.js";
import { ensureTools } from "./tools.js";

ensureNode();
ensureInstalled();
ensureEngine();
ensureTools();
const bin = (name) => join(root, "node_modules/.bin", name);
const steps = [
  ["types", bin("tsc"), ["--project", root]],
  ["types of the web UI", bin("tsc"), ["--project", join(root, "web")]],
  ["lint and format", bin("biome"), ["check", "--error-on-warnings", root]],
  ["build", undefined, []],
  ["tests", bin("vitest"), ["run", ...process.argv.slice(2)]],
];
for (const [name, command, args] of steps) {
  console.log(`— ${name}`);
  if (command === undefined) {
    ensureBuilt();
    continue;
  }
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) process.exit(status ?? 1);
}
