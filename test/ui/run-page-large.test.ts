import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ServerProgram, throughlineUp } from "../program.ts";
import { chromiumPath, needsChromium, openPage, startBrowser, type WatchedPage } from "./browser.ts";

const SPANS = 50_000;
const LARGE = "b".repeat(32);
const HOSTILE = "e".repeat(32);
const NAMES = [
  "<img src=x onerror=\"document.title='taken over'\">",
  "\u202Eright to left שלום",
  "x".repeat(10_240),
  "🦄🧨".repeat(200),
  "line\nbreak\u0000",
];

interface SpanToSend {
  traceId: string;
  number: number;
  parent?: number;
  name: string;
  offsetMs: number;
  durationMs: number;
}

/** A root, fifty tasks, and below each task a thousand spans in chains of five. */
function largeTrace(): SpanToSend[] {
  const root = { traceId: LARGE, number: 1, name: "build everything", offsetMs: 0, durationMs: 600_000 };
  const spans: SpanToSend[] = [root];
  for (let number = 2; number <= SPANS; number++) {
    const place = (number - 2) % 1000;
    const task = number - place;
    const parent = place === 0 ? 1 : place % 5 === 1 ? task : number - 1;
    const name = place === 0 ? `task ${task}` : `compile file-${place}`;
    spans.push({
      ...root,
      number,
      parent,
      name,
      offsetMs: number * 10,
      durationMs: place === 0 ? 20_000 : 400,
    });
  }
  return spans;
}

function hostileTrace(): SpanToSend[] {
  return NAMES.map((name, index) => ({
    traceId: HOSTILE,
    number: index + 1,
    ...(index > 0 && { parent: 1 }),
    name,
    offsetMs: index * 100,
    durationMs: 1000,
  }));
}

function otlp(spans: readonly SpanToSend[], startMs: number): string {
  const id = (number: number) => number.toString(16).padStart(16, "0");
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "<b>builder</b>" } }] };
  const messages = spans.map(({ traceId, number, parent, name, offsetMs, durationMs }) => ({
    traceId,
    spanId: id(number),
    ...(parent !== undefined && { parentSpanId: id(parent) }),
    name,
    startTimeUnixNano: `${startMs + offsetMs}000000`,
    endTimeUnixNano: `${startMs + offsetMs + durationMs}000000`,
  }));
  return JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: messages }] }] });
}

describe.skipIf(chromiumPath === undefined)(`the Run page with difficult traces${needsChromium}`, () => {
  let server: ServerProgram;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    [server, browser] = await Promise.all([throughlineUp(), startBrowser()]);
    const startMs = Date.now() - 3_600_000;
    for (const spans of [largeTrace(), hostileTrace()]) {
      const body = otlp(spans, startMs);
      const headers = { "content-type": "application/json" };
      const response = await fetch(`${server.otlpHttp}/v1/traces`, { method: "POST", headers, body });
      expect(response.status).toBe(200);
    }
    watched = await openPage(browser, server.ui);
    page = watched.page;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  afterEach(() => expect(watched.complaints.splice(0)).toEqual([]));

  const tree = () => page.getByRole("tree", { name: "Spans" });
  const rows = () => tree().getByRole("treeitem");

  it("opens fifty thousand spans, scrolls through them, and selects one", async () => {
    await page.goto(`/runs/${LARGE}`);
    await rows().first().waitFor();
    await page.getByText("50 000 spans").waitFor();
    await page.getByRole("button", { name: "Open all" }).click();
    await expect.poll(() => tree().evaluate((element) => element.clientHeight)).toBeGreaterThan(SPANS * 20);
    expect(await rows().count()).toBeLessThan(120);
    await tree().focus();
    await page.keyboard.press("End");
    await expect.poll(() => rows().last().getAttribute("aria-selected")).toBe("true");
    await page.getByRole("heading", { level: 2, name: "compile file-998" }).waitFor();
    await rows().nth(-3).click();
    await page.getByRole("heading", { level: 2, name: "compile file-996" }).waitFor();
  });

  it("finds spans among fifty thousand", async () => {
    await page.goto(`/runs/${LARGE}?find=file-777`);
    await page.getByText("50", { exact: true }).waitFor();
    await page.getByRole("searchbox", { name: /Find a span/ }).press("Enter");
    await page.getByRole("heading", { level: 2, name: "compile file-777" }).waitFor();
    await page.getByText("1 of 50").waitFor();
  });

  it("shows hostile names as text, within their places", async () => {
    await page.goto(`/runs/${HOSTILE}`);
    await expect.poll(() => rows().count()).toBe(NAMES.length);
    for (const row of await rows().all()) {
      const box = await row.boundingBox();
      expect(box?.height).toBe(24);
      await row.click();
      await page.getByRole("complementary").getByRole("heading", { level: 2 }).waitFor();
    }
    expect(await page.title()).not.toContain("taken over");
    expect(await page.locator("img, b").count()).toBe(0);
    expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
  });
});
