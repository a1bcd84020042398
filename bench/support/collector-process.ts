import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

/** Runs in a process of its own: the bench waits for commands, and could not answer them meanwhile. */
const SERVERS = `
const { createServer } = require("node:http");
const live = createServer((request, response) => request.resume().on("end", () => response.end("{}")));
const hanging = require("node:net").createServer((socket) => socket.on("error", () => {}));
live.listen(0, "127.0.0.1", () => hanging.listen(0, "127.0.0.1", () =>
  console.log(JSON.stringify([live.address().port, hanging.address().port]))));
process.stdin.on("end", () => process.exit()).resume();
`;

/** Two collectors: one that takes everything, and one that takes connections and says nothing. */
export async function startCollectors() {
  const child = spawn(process.execPath, ["-e", SERVERS], { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(createInterface({ input: child.stdout }), "line");
  const [live, hanging] = (JSON.parse(line) as number[]).map((port) => `http://127.0.0.1:${port}`);
  if (live === undefined || hanging === undefined) throw new Error("the collectors did not start");
  return { live, hanging, stop: () => child.stdin.end() };
}
