// How long the question about a task's metrics and a scrape of /metrics take, while nothing comes and while spans do.
//
//     npm run bench -- metrics [--points 200000] [--series 2000] [--rounds 30] [--days 6]
//
// Fills a new data directory over OTLP/HTTP: series of a histogram first, so that the scrape has as many as there is room
// for, then points of 100 tasks over some days, the last of them now: fresh, which is to say hardly merged. Then each is asked
// for over HTTP, another task in every round: `question` as the page of a task does, `questionOfAll` for a task in every
// pipeline. While it is busy, requests of 1,000 spans come over four connections; they, the server and this process share
// the machine's cores. Prints one JSON line for the question and one for the scrape.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./support/checkout.ts";
import { heading } from "./support/heading.ts";
import { prepareLoad, runLoad } from "./support/load.ts";
import { whole } from "./support/options.ts";
import { quantiles } from "./support/quantiles.ts";
import { POINTS_PER_STEP, seriesRequest, taskName, taskPointRequests } from "./support/task-points.ts";
import { startUp, type Up } from "./support/up.ts";
import { watchProcess } from "./support/watch.ts";

const { values } = parseArgs({
  options: {
    points: { type: "string", default: "200000" },
    series: { type: "string", default: "2000" },
    rounds: { type: "string", default: "30" },
    days: { type: "string", default: "6" },
  },
});
const points = whole("points", values.points);
const series = whole("series", values.series);
const rounds = whole("rounds", values.rounds);
const days = whole("days", values.days);
const WARM_UP_ROUNDS = 3;

const data = mkdtempSync(join(tmpdir(), "throughline-metrics-"));
try {
  const up = await startUp({ root, data });
  try {
    await measureAll(up);
  } catch (fault) {
    await up.kill();
    throw fault;
  }
} finally {
  rmSync(data, { recursive: true, force: true });
}

async function measureAll(up: Up): Promise<void> {
  const watch = watchProcess(up.pid);
  await fill(up);
  const idle = await measure(up);
  const busy = await whileBusy(up, () => measure(up));
  const { highWaterBytes } = watch.stop();
  await up.stop();
  const shared = { rounds, highWaterBytes };
  const question = { points, days, ...shared, idle: idle.questions, busy: busy.questions };
  const scrape = { series, bytes: idle.bytes, ...shared, idle: idle.scrape, busy: busy.scrape };
  console.log(JSON.stringify({ ...heading("metrics.question"), ...question }));
  console.log(JSON.stringify({ ...heading("metrics.scrape"), ...scrape }));
}

async function fill(up: Up): Promise<void> {
  const untilMs = Date.now();
  await send(seriesRequest(series, untilMs), up);
  const steps = Math.ceil(points / POINTS_PER_STEP);
  for (const body of taskPointRequests({ steps, days, untilMs })) await send(body, up);
}

async function send(body: string, { otlpHttp }: Up): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetch(new URL("/v1/metrics", otlpHttp), { method: "POST", headers, body });
  const answer = await response.text();
  if (!response.ok || answer.includes("rejected"))
    throw new Error(`${response.status} ${answer.slice(0, 300)}`);
}

/** Four connections with spans for as long as that takes. */
async function whileBusy<Result>(up: Up, work: () => Promise<Result>): Promise<Result> {
  const protocol = "http/protobuf";
  const mills = prepareLoad({ connections: 4, protocol, runsPerRequest: 20 });
  let isOver = false;
  const load = (async () => {
    while (!isOver) await runLoad({ mills, protocol, to: up, seconds: 1 });
  })();
  try {
    return await work();
  } finally {
    isOver = true;
    await load;
  }
}

async function measure(up: Up) {
  const page: number[] = [];
  const all: number[] = [];
  const scrape: number[] = [];
  let bytes = 0;
  for (let round = 0; round < WARM_UP_ROUNDS + rounds; round++) {
    const { pipeline, task } = taskName(round);
    const ofPage = await timed(`/api/v1/metrics/task?pipeline=${pipeline}&task=${task}&buckets=48`, up);
    const ofAll = await timed(`/api/v1/metrics/task?task=${task}&buckets=48`, up);
    for (const { body } of [ofPage, ofAll])
      if (!body.includes('"p95Ms"'))
        throw new Error(`nothing was measured of ${task}: ${body.slice(0, 300)}`);
    const scraped = await timed("/metrics", up);
    bytes = Buffer.byteLength(scraped.body);
    if (round < WARM_UP_ROUNDS) continue;
    page.push(ofPage.millis);
    all.push(ofAll.millis);
    scrape.push(scraped.millis);
  }
  return {
    questions: { question: quantiles(page), questionOfAll: quantiles(all) },
    scrape: quantiles(scrape),
    bytes,
  };
}

async function timed(path: string, { ui }: Up): Promise<{ millis: number; body: string }> {
  const started = performance.now();
  const response = await fetch(new URL(path, ui));
  const body = await response.text();
  if (!response.ok) throw new Error(`GET ${path} was answered ${response.status} ${body.slice(0, 300)}`);
  return { millis: performance.now() - started, body };
}
