// How long `throughline import` takes for a large dump and how much memory it needs, against the least that reading
// JSON in Node can cost: one JSON.parse of the whole file. Each measurement is a process of its own, start-up included,
// and the two take turns, so that a slow moment of the machine meets both. Prints one JSON line.

import { constants } from "node:buffer";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./support/checkout.ts";
import { bytesPerRun, type DumpShape, writeDump } from "./support/dump.ts";
import { heading } from "./support/heading.ts";
import { type Measured, measure } from "./support/measure.ts";
import { whole } from "./support/options.ts";
import { rounded } from "./support/rounded.ts";

const program = join(root, "bin/throughline");

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "1000" },
    tasks: { type: "string", default: "5" },
    steps: { type: "string", default: "10" },
    rounds: { type: "string", default: "5" },
    /** As many runs as fill so much, e.g. 200MB. */
    size: { type: "string" },
    pods: { type: "string", default: "trimmed" },
    events: { type: "boolean", default: false },
  },
});

const directory = mkdtempSync(join(tmpdir(), "throughline-bench-"));
try {
  const file = join(directory, "dump.json");
  const shape = shapeOf();
  await writeDump(file, shape);
  const rounds = await takeTurns(file, whole("rounds", values.rounds));
  console.log(JSON.stringify(summary(statSync(file).size, shape, rounds)));
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function shapeOf(): DumpShape {
  const { pods, size } = values;
  if (pods !== "whole" && pods !== "trimmed" && pods !== "none")
    throw new Error(`--pods ${pods}: whole, trimmed or none`);
  const shape: DumpShape = {
    runs: whole("runs", values.runs),
    tasks: whole("tasks", values.tasks),
    steps: whole("steps", values.steps),
    pods,
    withEvents: values.events,
  };
  return size === undefined
    ? shape
    : { ...shape, runs: Math.max(1, Math.round(bytesOf(size) / bytesPerRun(shape))) };
}

function bytesOf(size: string): number {
  const [, number] = /^(\d+)MB$/.exec(size) ?? [];
  if (number === undefined) throw new Error(`--size ${size}: give megabytes, e.g. 200MB`);
  return Number(number) * 1_000_000;
}

interface Round {
  /** Absent for a file that is longer than the longest string Node can hold. */
  jsonParse?: Measured;
  imported: Measured;
}

async function takeTurns(file: string, count: number): Promise<Round[]> {
  const parse = 'JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"))';
  const isParseable = statSync(file).size <= constants.MAX_STRING_LENGTH;
  const rounds: Round[] = [];
  for (let round = 0; round < count; round++) {
    const jsonParse = isParseable ? await measure(["--eval", parse, file]) : undefined;
    rounds.push({ jsonParse, imported: await measure([program, "import", file]) });
  }
  return rounds;
}

function summary(fileBytes: number, { runs, tasks, steps, pods, withEvents }: DumpShape, rounds: Round[]) {
  const parses = rounds.flatMap(({ jsonParse }) => jsonParse ?? []);
  const jsonParseMs = median(parses.map(({ ms }) => ms));
  const importMs = median(rounds.map(({ imported }) => imported.ms));
  const peakRssBytes = Math.max(...rounds.map(({ imported }) => imported.peakRssBytes));
  return {
    ...heading("import"),
    fileBytes,
    runs,
    tasks,
    steps,
    pods,
    events: withEvents,
    spans: spansIn(rounds[0]?.imported.stdout ?? ""),
    rounds: rounds.length,
    // Not a number, in JSON null, where one JSON.parse cannot read the file.
    jsonParseMs: Math.round(jsonParseMs),
    importMs: Math.round(importMs),
    ratioToJsonParse: rounded(importMs / jsonParseMs, 2),
    jsonParsePeakRssBytes: Math.max(...parses.map(({ peakRssBytes }) => peakRssBytes)),
    peakRssBytes,
    rssToFileSize: rounded(peakRssBytes / fileBytes, 2),
  };
}

/** The program's last line says how many: `1,000 runs, 66,000 spans, from …`. */
function spansIn(stdout: string): number | undefined {
  const [, spans] = /([\d,]+) spans?, from/.exec(stdout) ?? [];
  return spans === undefined ? undefined : Number(spans.replaceAll(",", ""));
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
