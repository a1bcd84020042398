import { createProgram } from "./program.ts";
import { processTerminal } from "./terminal.ts";

const terminal = processTerminal();
const exitCode = await createProgram(terminal).run(process.argv.slice(2));
await terminal.flush();
// A connection attempt that never ends would keep the process alive long after its export has been given up.
process.exit(exitCode);
