// How long the web UI takes to show a large trace: from the navigation to the first bars drawn, in real Chromium with a
// profile of its own each time, and how long the main thread is held up while its tree is scrolled.
//
//     npm run bench -- open-trace [--spans 50000] [--rounds 10]
//
// The page itself marks the moment (`throughline.bars`). Needs Chromium on the path, or CHROME_PATH. Prints one JSON line.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Browser, Page } from "playwright-core";
import { chromiumPath, needsChromium, openPage, startBrowser } from "../test/ui/browser.ts";
import { root } from "./support/checkout.ts";
import { heading } from "./support/heading.ts";
import { whole } from "./support/options.ts";
import { quantiles } from "./support/quantiles.ts";
import { startUp, type Up } from "./support/up.ts";

const TRACE_ID = "c".repeat(32);
const SPANS_PER_REQUEST = 10_000;
const SPANS_PER_TASK = 1_000;
const FRAMES = 120;
const PIXELS_PER_FRAME = 240;

const { values } = parseArgs({
  options: { spans: { type: "string", default: "50000" }, rounds: { type: "string", default: "10" } },
});
const spans = whole("spans", values.spans);
const rounds = whole("rounds", values.rounds);
if (chromiumPath === undefined) throw new Error(`this bench drives a browser${needsChromium}`);

const data = mkdtempSync(join(tmpdir(), "throughline-open-trace-"));
const up = await startUp({ root, data });
const browser = await startBrowser();
try {
  await sendTrace(up);
  const opened: number[] = [];
  for (let round = 0; round < rounds; round++) opened.push(await openOnce(browser, up));
  const scrolled = await scrollOnce(browser, up);
  console.log(
    JSON.stringify({ ...heading("open-trace"), spans, rounds, firstBars: quantiles(opened), ...scrolled }),
  );
} finally {
  await browser.close();
  await up.stop();
  rmSync(data, { recursive: true, force: true });
}

/** A run with tasks of a thousand spans each, in chains of five. */
async function sendTrace({ otlpHttp }: Up): Promise<void> {
  const startMs = Date.now() - 3_600_000;
  for (let first = 1; first <= spans; first += SPANS_PER_REQUEST) {
    const length = Math.min(SPANS_PER_REQUEST, spans - first + 1);
    const messages = Array.from({ length }, (_, index) => spanMessage(first + index, startMs));
    const resource = { attributes: [{ key: "service.name", value: { stringValue: "tekton" } }] };
    const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: messages }] }] });
    const headers = { "content-type": "application/json" };
    const { status } = await fetch(`${otlpHttp}/v1/traces`, { method: "POST", headers, body });
    if (status !== 200) throw new Error(`the trace was answered with ${status}`);
  }
}

function spanMessage(number: number, startMs: number) {
  const place = (number - 2) % SPANS_PER_TASK;
  const parent = place === 0 ? 1 : place % 5 === 1 ? number - place : number - 1;
  const at = startMs + number * 10;
  return {
    traceId: TRACE_ID,
    spanId: idOf(number),
    ...(number > 1 && { parentSpanId: idOf(parent) }),
    name: number === 1 ? "RUN build-everything" : place === 0 ? `task ${number}` : `compile file-${place}`,
    startTimeUnixNano: `${at}000000`,
    endTimeUnixNano: `${at + (number === 1 ? spans * 10 : place === 0 ? 20_000 : 400)}000000`,
  };
}

function idOf(number: number): string {
  return number.toString(16).padStart(16, "0");
}

/** Milliseconds from the navigation to the first bars. */
async function openOnce(browser: Browser, { ui }: Up): Promise<number> {
  const { page, close } = await openPage(browser, ui);
  await page.goto(`/runs/${TRACE_ID}`);
  const firstBarsMs = await firstBars(page);
  await close();
  return firstBarsMs;
}

/** Asked for from outside: the page's security policy lets nothing be evaluated within, and waits are. */
async function firstBars(page: Page): Promise<number> {
  for (;;) {
    const [mark] = await page.evaluate<number[]>(
      'performance.getEntriesByName("throughline.bars").map(({ startTime }) => startTime)',
    );
    if (mark !== undefined) return mark;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Scrolls the whole tree, every span open, a fixed distance in each frame. */
async function scrollOnce(browser: Browser, { ui }: Up) {
  const { page, close } = await openPage(browser, ui);
  await page.goto(`/runs/${TRACE_ID}`);
  await firstBars(page);
  await page.getByRole("button", { name: "Open all" }).click();
  await page.getByRole("tree", { name: "Spans" }).hover();
  const frames = page.evaluate<number[]>(`new Promise((resolve) => {
    const gaps = [];
    let last = performance.now();
    const next = (now) => {
      gaps.push(now - last);
      last = now;
      if (gaps.length < ${FRAMES}) requestAnimationFrame(next);
      else resolve(gaps);
    };
    requestAnimationFrame(next);
  })`);
  for (let frame = 0; frame < FRAMES; frame++) await page.mouse.wheel(0, PIXELS_PER_FRAME);
  const gaps = await frames;
  await close();
  return { scrollFrame: quantiles(gaps.slice(1)) };
}
