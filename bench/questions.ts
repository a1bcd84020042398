// How long the questions take, over 30 days of runs, and what a stored span costs.
//
//     npm run bench -- questions [--spans 5000000] [--rounds 30] [--keep DIR]
//
// Fills a data directory through the server's OTLP port (50 spans a run, see support/spans.ts), lets the engine finish merging,
// starts `throughline up` on it again, and asks over HTTP as the web UI does, one question after another, other parameters in
// every round. `traceFromStore` is the store's own query for a trace by id, without server and HTTP. `--keep` leaves the
// directory there and uses what an earlier bench filled it with. Prints one JSON line.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openEmbeddedStore, spansOfTraces, type TraceStore } from "../src/store/index.ts";
import { root } from "./support/checkout.ts";
import { seededDice } from "./support/dice.ts";
import { fill } from "./support/fill.ts";
import { heading } from "./support/heading.ts";
import { whole } from "./support/options.ts";
import { quantiles } from "./support/quantiles.ts";
import { ask, questionsOf } from "./support/questions.ts";
import { rounded } from "./support/rounded.ts";
import type { Period } from "./support/run-story.ts";
import { runTraceId, SPANS_PER_RUN } from "./support/spans.ts";
import { mergesSettled, type TableSize, tableSizes } from "./support/stored.ts";
import { startUp } from "./support/up.ts";
import { watchProcess } from "./support/watch.ts";

const { values } = parseArgs({
  options: {
    spans: { type: "string", default: "5000000" },
    rounds: { type: "string", default: "30" },
    keep: { type: "string" },
  },
});
const runs = Math.ceil(whole("spans", values.spans) / SPANS_PER_RUN);
const rounds = whole("rounds", values.rounds);
const WARM_UP_ROUNDS = 3;
const DAYS = 30;

const data = values.keep ?? mkdtempSync(join(tmpdir(), "throughline-questions-"));
const upOptions = { root, data, more: ["--retain", "forever"] };
try {
  const period = await filledPeriod();
  const stored = await measureStore(period);
  const served = await measureServer(period);
  console.log(
    JSON.stringify({
      ...heading("questions"),
      spans: runs * SPANS_PER_RUN,
      runs,
      rounds,
      ...stored,
      ...served,
    }),
  );
} finally {
  if (values.keep === undefined) rmSync(data, { recursive: true, force: true });
}

/** When the runs in the directory took place. Fills it first where it is not filled. */
async function filledPeriod(): Promise<Period> {
  const note = join(data, "filled.json");
  const found = readNote(note);
  if (found?.runs === runs) return found;
  if (found !== undefined)
    throw new Error(`--keep ${data}: has ${found.runs} runs, not ${runs}; name another`);
  const period = { runs, days: DAYS, untilMs: Date.now() };
  const up = await startUp(upOptions);
  const { spans, elapsedMs } = await fill(period, up);
  await up.stop();
  console.error(`filled with ${spans} spans in ${Math.round(elapsedMs / 1_000)} s`);
  writeFileSync(note, JSON.stringify(period));
  return period;
}

function readNote(path: string): Period | undefined {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

async function measureStore(period: Period) {
  const store = await openEmbeddedStore({ directory: data });
  const settledMs = await mergesSettled(store);
  const tables = await tableSizes(store);
  const traceFromStore = await measureTraces(store, period);
  await store.close();
  const rows = tables.find(({ table }) => table === "spans")?.rows ?? 0;
  const perSpan = (bytes: (table: TableSize) => number) =>
    rounded(tables.reduce((sum, table) => sum + bytes(table), 0) / rows, 1);
  return {
    settledMs: Math.round(settledMs),
    bytesPerSpan: perSpan(({ table, bytes }) => (table === "spans" ? bytes : 0)),
    bytesPerSpanWithAllTables: perSpan(({ bytes }) => bytes),
    // What merges replaced stays on the disk for some minutes, what they replaced before this start too.
    replacedBytesPerSpan: perSpan(({ replacedBytes }) => replacedBytes),
    diskBytesPerSpan: rounded(diskBytes(data) / rows, 1),
    traceFromStore,
  };
}

async function measureTraces(store: TraceStore, period: Period) {
  const dice = seededDice("traces of the store");
  const millis: number[] = [];
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
    const traceId = runTraceId(dice.below(period.runs), period);
    const started = performance.now();
    const found = await store.select(spansOfTraces([traceId]));
    millis.push(performance.now() - started);
    if (found.length !== SPANS_PER_RUN) throw new Error(`trace ${traceId} has ${found.length} spans`);
  }
  return quantiles(millis.slice(WARM_UP_ROUNDS));
}

async function measureServer(period: Period) {
  const up = await startUp(upOptions);
  const watch = watchProcess(up.pid);
  const times = new Map<string, number[]>();
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
    for (const question of questionsOf(round, period)) {
      const millis = await ask(question, up.ui);
      if (round >= WARM_UP_ROUNDS) times.set(question.name, [...(times.get(question.name) ?? []), millis]);
    }
  }
  const { peakRssBytes, settledRssBytes } = watch.stop();
  await up.stop();
  const answers = Object.fromEntries([...times].map(([name, millis]) => [name, quantiles(millis)]));
  return { upReadyMs: Math.round(up.readyMs), peakRssBytes, settledRssBytes, answers };
}

/** What the files take on the disk, as `du` counts. */
function diskBytes(directory: string): number {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).reduce(
    (sum, file) => sum + statSync(join(directory, file)).blocks * 512,
    0,
  );
}
