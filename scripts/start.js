// `npm start`: the program itself, installed and built first where that is missing.
// Without arguments it shows what the program is for: the example run as a waterfall.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { ensureEngine } from "./engine.js";
import { ensureBuilt, ensureInstalled, ensureNode, root } from "./setup.js";

ensureNode();
ensureInstalled();
ensureEngine();
ensureBuilt();
const args = process.argv.slice(2);
const command = args.length > 0 ? args : ["trace", join(root, "examples/build-and-test.json")];
const { status, signal } = spawnSync(process.execPath, [join(root, "bin/throughline"), ...command], {
  stdio: "inherit",
});
if (signal !== null) process.kill(process.pid, signal);
process.exit(status ?? 3);
