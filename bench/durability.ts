// Whether what `throughline up` acknowledged is there after SIGKILL, and whether its tables agree with each other.
//
//     npm run bench -- durability [--rounds 20] [--seed NAME]
//
// Each round starts the server on the same data directory, sends runs over several connections, and kills it at a moment the
// seed decides, with requests in flight. Then the directory is opened: every acknowledged span has to be stored, and every row
// of runs and tasks has to be what the spans make of it. Prints one JSON line; exits 1 when something was lost.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./support/checkout.ts";
import { heading } from "./support/heading.ts";
import { killRounds } from "./support/kill-rounds.ts";
import { whole } from "./support/options.ts";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "20" },
    seed: { type: "string", default: "durability" },
  },
});

const data = mkdtempSync(join(tmpdir(), "throughline-durability-"));
try {
  const started = performance.now();
  const result = await killRounds({ root, data, rounds: whole("rounds", values.rounds), seed: values.seed });
  const seconds = Math.round((performance.now() - started) / 1_000);
  console.log(JSON.stringify({ ...heading("durability"), seconds, ...result }));
  if (result.disagreements.length > 0) process.exitCode = 1;
} finally {
  rmSync(data, { recursive: true, force: true });
}
