/**
 * Posting from a process that is ending. Node runs no more of its event loop after `process.exit` or an uncaught exception, so
 * another Node does it, and this one waits: some 70 ms more, for a process that did not await `shutdown()`.
 */
import type { Outcome, Parcel } from "./outbox.ts";
import { requestOptions } from "./post.ts";

/** Reads requests from standard input, sends them side by side, and prints a status or an error code for each. */
const COURIER = `
const requests = JSON.parse(require("fs").readFileSync(0, "utf8"));
Promise.all(requests.map(({ url, options, body, withinMs }) => new Promise((resolve) => {
  const client = require(url.startsWith("https:") ? "https" : "http");
  const request = client.request(url, { ...options, agent: false });
  const timer = setTimeout(() => { resolve("no answer in time"); request.destroy(); }, withinMs);
  const settle = (answer) => { clearTimeout(timer); resolve(answer); };
  request.on("error", (error) => settle(error.code || error.message));
  request.on("response", (response) => { settle(response.statusCode); response.destroy(); });
  request.end(Buffer.from(body, "base64"));
}))).then((answers) => process.stdout.write(JSON.stringify(answers)));
`;

/** Delivers all, or as many as the time allows, before it returns. Never throws. */
export function postNow(parcels: readonly Parcel[], withinMs: number): Outcome[] {
  try {
    const requests = parcels.map((parcel) => ({
      url: parcel.to.url,
      options: requestOptions(parcel),
      body: Buffer.from(parcel.body).toString("base64"),
      withinMs,
    }));
    const { stdout } = process
      .getBuiltinModule("node:child_process")
      .spawnSync(process.execPath, ["-e", COURIER], {
        // Headers are secrets: they go where no process list shows them.
        input: JSON.stringify(requests),
        // What instruments this process must not instrument its courier.
        env: { ...process.env, NODE_OPTIONS: "" },
        timeout: withinMs + STARTUP_MS,
        stdio: ["pipe", "pipe", "ignore"],
      });
    const answers: unknown[] = JSON.parse(stdout.toString("utf8"));
    return parcels.map((_, index) => outcomeOf(answers[index]));
  } catch {
    return parcels.map(() => ({ kind: "lost", reason: "no answer before the process ended" }));
  }
}

/** For a second Node to start on a busy machine. */
const STARTUP_MS = 1000;

function outcomeOf(answer: unknown): Outcome {
  if (typeof answer === "number" && answer >= 200 && answer < 300) return { kind: "taken" };
  return {
    kind: "lost",
    reason: typeof answer === "number" ? `the endpoint answered ${answer}` : String(answer),
  };
}
