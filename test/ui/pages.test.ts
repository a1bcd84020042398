import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ServerProgram, throughlineUp } from "../program.ts";
import { chromiumPath, needsChromium, openPage, startBrowser, type WatchedPage } from "./browser.ts";
import { type RunToStore, storeRuns, traceIdOf } from "./stored-runs.ts";

const HOUR = 3_600_000;
const SECOND = 1000;
const HOSTILE = "<script>alert(1)</script>";

/** Runs in turn on main and on dev, where the tests take a minute longer and one in five fails. */
function history(endMs: number): RunToStore[] {
  return Array.from({ length: 60 }, (_, index) => {
    const isDev = index % 2 === 1;
    const testMs = (120 + (index % 7) * 3 + (isDev ? 60 : 0)) * SECOND;
    const result = isDev && index % 5 === 0 ? "failure" : "success";
    return {
      name: `build-${index}`,
      branch: isDev ? "dev" : "main",
      startMs: endMs - (60 - index) * 4 * HOUR,
      durationMs: 30 * SECOND + testMs,
      result,
      tasks: [
        { name: "clone", offsetMs: 0, durationMs: (25 + (index % 3)) * SECOND },
        { name: "unit-test", offsetMs: 30 * SECOND, durationMs: testMs, result },
      ],
    };
  });
}

/** Every page, and words that stand on it once it has its answer. */
const PAGES = {
  "/runs": "build-59",
  "/pipelines": "build-and-test",
  "/pipeline?pipeline=build-and-test": "build-59",
  "/compare": "dev against main",
  "/compare?a=branch:main&b=branch:dev": "Whole run",
  [`/compare?a=run:${traceIdOf("build-0")}&b=run:${traceIdOf("build-1")}`]: "clone",
  "/nowhere": "There is no such page",
};

describe.skipIf(chromiumPath === undefined)(`the pages of the web UI${needsChromium}`, () => {
  let server: ServerProgram;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    [server, browser] = await Promise.all([throughlineUp(), startBrowser()]);
    await storeRuns(server.otlpHttp, [
      ...history(Date.now() - HOUR),
      { name: "hostile", pipeline: HOSTILE, startMs: Date.now() - HOUR, durationMs: SECOND },
    ]);
    watched = await openPage(browser, server.ui);
    page = watched.page;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  afterEach(() => expect(watched.complaints.splice(0)).toEqual([]));

  const rowOf = (name: string | RegExp) => page.getByRole("row", { name });

  it("lists the pipelines, sorted by the column that is pressed", async () => {
    await page.goto("/pipelines");
    await page.getByRole("button", { name: "Failed" }).click();
    await page.waitForURL(/sort=failed/);
    expect(await page.getByRole("row").nth(1).innerText()).toContain("build-and-test");
    expect(await page.getByRole("columnheader", { name: "Failed" }).getAttribute("aria-sort")).toBe(
      "descending",
    );
  });

  it("opens a pipeline whose name is markup", async () => {
    await page.goto("/pipelines");
    await page.getByRole("link", { name: HOSTILE }).click();
    await page.getByRole("heading", { level: 1, name: HOSTILE }).waitFor();
    await page.getByRole("heading", { name: "Recent runs" }).waitFor();
  });

  it("shows where a pipeline's time goes, the bottleneck first", async () => {
    await page.goto("/pipelines");
    await page.getByRole("link", { name: "build-and-test" }).click();
    const table = page.getByRole("region", { name: "Where the time goes" }).getByRole("row");
    await table.nth(2).waitFor();
    expect(await table.nth(1).innerText()).toMatch(/^unit-test/);
    await page.getByRole("region", { name: "Trend" }).locator("canvas").waitFor();
    await page.getByRole("region", { name: "Recent runs" }).getByRole("link", { name: "build-59" }).waitFor();
  });

  it("compares two branches, chosen by typing", async () => {
    await page.goto("/compare");
    await page.getByRole("combobox", { name: "Side A", exact: true }).fill("ma");
    await page.getByRole("option", { name: /main/ }).click();
    await page.getByRole("combobox", { name: "Side B", exact: true }).fill("dev");
    await page.keyboard.press("Enter");
    await page.getByText(/^dev takes 1m \d\ds longer than main/).waitFor();
    expect(await rowOf(/unit-test/).getAttribute("data-verdict")).toBe("longer");
    expect(await rowOf(/clone/).getAttribute("data-verdict")).toBe("noise");

    await page.getByRole("button", { name: "Swap the sides" }).click();
    await page.getByText(/^main takes 1m \d\ds less than dev/).waitFor();
  });

  it("lays two runs side by side, task by task, each bar a way into its run", async () => {
    await page.goto(`/compare?a=run:${traceIdOf("build-0")}&b=run:${traceIdOf("build-1")}`);
    const row = rowOf(/^unit-test/);
    await row.waitFor();
    expect(await row.innerText()).toContain("+1m 03s");
    await row.getByRole("link", { name: /^B: / }).click();
    await page.waitForURL(`**/runs/${traceIdOf("build-1")}?span=*`);
  });

  it("remembers the theme that was chosen", async () => {
    await page.goto("/runs");
    await page.getByRole("button", { name: "Theme: as the system" }).click();
    await page.getByRole("button", { name: "Theme: light" }).click();
    await page.reload();
    await page.getByRole("button", { name: "Theme: dark" }).waitFor();
    expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
    await page.getByRole("button", { name: "Theme: dark" }).click();
  });

  it("explains its keys, and goes where they say", async () => {
    await page.goto("/runs");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.keyboard.press("?");
    const help = page.getByRole("dialog", { name: "Keyboard" });
    await help.waitFor();
    await page.keyboard.press("Escape");
    await help.waitFor({ state: "hidden" });
    await page.keyboard.press("g");
    await page.keyboard.press("c");
    await page.getByRole("heading", { name: "Compare" }).waitFor();
  });

  it("says so where there is no page", async () => {
    await page.goto("/nowhere");
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    await page.getByRole("main").getByRole("link", { name: "runs" }).click();
    await page.getByRole("heading", { name: /^Runs/ }).waitFor();
  });

  it("gives every control on every page a name", async () => {
    for (const [path, words] of Object.entries(PAGES)) {
      await page.goto(path);
      await page.getByRole("main").getByText(words).first().waitFor();
      const lines = (await page.locator("body").ariaSnapshot()).split("\n");
      expect(
        lines.filter((line) => NAMELESS.test(line)),
        path,
      ).toEqual([]);
    }
  });

  it("fits a narrow screen without scrolling sideways", async () => {
    const narrow = await openPage(browser, server.ui, { viewport: { width: 400, height: 800 } });
    const excess = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    for (const [path, words] of Object.entries(PAGES)) {
      await narrow.page.goto(path);
      await narrow.page.getByRole("main").getByText(words).first().waitFor();
      expect(await narrow.page.evaluate(excess), path).toBe(0);
    }
    await narrow.close();
  });
});

/** A control in Playwright's outline of a page, without the name in quotes that follows it otherwise. */
const NAMELESS = /^\s*- (button|link|textbox|combobox|checkbox)( \[.*\])?:?$/;
