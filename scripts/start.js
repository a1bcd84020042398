// `npm start`: the program itself, installed and built first where that is missing.
// Without arguments it shows what the program is for: the server with the example run in it.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { ensureEngine } from "./engine.js";
import { ensureBuilt, ensureInstalled, ensureNode, root } from "./setup.js";

ensureNode();
ensureInstalled();
ensureEngine();
ensureBuilt();
const args = process.argv.slice(2);
const example = ["up", "--load", join(root, "examples/build-and-test.json")];
const child = spawn(
  process.execPath,
  [join(root, "bin/throughline"), ...(args.length > 0 ? args : example)],
  {
    stdio: "inherit",
  },
);
// The program decides when it is done.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => {
  process.exitCode = code ?? (signal === null ? 3 : 1);
});
