import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ServerProgram, throughlineUp } from "../program.ts";
import { chromiumPath, needsChromium, openPage, startBrowser, type WatchedPage } from "./browser.ts";
import { type RunToStore, storeRuns, traceIdOf } from "./stored-runs.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;
const HOSTILE = '<img src=x onerror="document.title=1">\u202egnp';

/** Two days of runs, one an hour: the first thirty short and well, then longer ones of which every third fails. */
function history(endMs: number): RunToStore[] {
  return Array.from({ length: 48 }, (_, index) => ({
    name: `build-${index}`,
    startMs: endMs - (48 - index) * HOUR,
    ...(index < 30 ? { durationMs: 2 * MINUTE } : later(index)),
  }));
}

function later(index: number): Partial<RunToStore> & { durationMs: number } {
  const durationMs = 12 * MINUTE;
  if (index % 3 !== 0) return { branch: "dev", durationMs, waitMs: MINUTE };
  const tasks = [{ name: "unit-test", offsetMs: 1000, durationMs: durationMs - 1000, result: "failure" }];
  return { branch: "dev", durationMs, result: "failure", message: "3 tests failed", tasks };
}

describe.skipIf(chromiumPath === undefined)(`the Runs page${needsChromium}`, () => {
  let server: ServerProgram;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    [server, browser] = await Promise.all([throughlineUp(), startBrowser()]);
    await storeRuns(server.otlpHttp, [
      ...history(Date.now() - HOUR),
      {
        name: "hostile-1",
        pipeline: HOSTILE,
        branch: HOSTILE,
        startMs: Date.now() - 72 * HOUR,
        durationMs: MINUTE,
      },
    ]);
    watched = await openPage(browser, server.ui);
    page = watched.page;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  beforeEach(() => page.goto("/"));
  afterEach(() => expect(watched.complaints.splice(0)).toEqual([]));

  const rows = () => page.getByRole("table", { name: "Runs" }).getByRole("row");
  const heading = () => page.getByRole("heading", { level: 1 }).innerText();
  const parameter = (name: string) => new URL(page.url()).searchParams.get(name);

  it("shows all runs, the latest first", async () => {
    await page.getByRole("heading", { name: "Runs 49" }).waitFor();
    expect(new URL(page.url()).pathname).toBe("/runs");
    expect(await rows().nth(1).innerText()).toContain("build-47");
  });

  it("is filtered by a result and by what is typed, and the address says so", async () => {
    await page.getByRole("button", { name: "failed 6" }).click();
    await page.getByRole("combobox", { name: "Filter" }).fill("longer-than:10m");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Runs 6" }).waitFor();
    expect([parameter("result"), parameter("longer-than")]).toEqual(["failure", "10m"]);

    await page.reload();
    await page.getByRole("heading", { name: "Runs 6" }).waitFor();
    await page.getByRole("button", { name: "Remove filter result failed" }).click();
    await page.getByRole("heading", { name: "Runs 18" }).waitFor();
  });

  it("says in the row which step failed, and why", async () => {
    await page.goto("/runs?result=failure");
    const row = rows().nth(1);
    await row.waitFor();
    expect(await row.innerText()).toMatch(/unit-test › test\s+3 tests failed/);
  });

  it("offers the values of a filter while it is typed", async () => {
    await page.getByRole("combobox", { name: "Filter" }).fill("branch:de");
    await page.getByRole("option", { name: /branch:dev/ }).click();
    await page.getByRole("heading", { name: "Runs 18" }).waitFor();
    expect(parameter("branch")).toBe("dev");
  });

  it("is filtered by pressing a cell", async () => {
    await page.getByRole("button", { name: "dev", exact: true }).first().click();
    await page.getByRole("heading", { name: "Runs 18" }).waitFor();
  });

  it("is narrowed by dragging over the histogram, and back undoes it", async () => {
    const bars = page.getByRole("group", { name: /Runs over time/ });
    const box = await bars.boundingBox();
    if (box === null) throw new Error("the histogram has no place on the page");
    const at = (share: number) => [box.x + share * box.width, box.y + box.height / 2] as const;
    await page.mouse.move(...at(0.75));
    await page.mouse.down();
    await page.mouse.move(...at(0.999), { steps: 5 });
    await page.mouse.up();
    await page.waitForURL(/since=.*until=/);
    await page.getByRole("button", { name: /Remove filter period/ }).waitFor();
    await expect.poll(heading).toMatch(/^Runs 1\d$/);

    await page.goBack();
    await page.getByRole("heading", { name: "Runs 49" }).waitFor();
    expect(parameter("since")).toBeNull();
  });

  it("is narrowed by keys too", async () => {
    await page.getByRole("group", { name: /Runs over time/ }).focus();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Shift+ArrowLeft");
    await page.keyboard.press("Enter");
    await page.waitForURL(/since=.*until=/);
  });

  it("opens a run, and back leads to the same filters", async () => {
    await page.goto("/runs?branch=dev&sort=duration");
    await page.getByRole("link", { name: "build-46" }).click();
    await page.waitForURL(`**/runs/${traceIdOf("build-46")}`);
    await page.goBack();
    await page.getByRole("heading", { name: "Runs 18" }).waitFor();
    expect([parameter("branch"), parameter("sort")]).toEqual(["dev", "duration"]);
  });

  it("says where nothing is found", async () => {
    await page.goto("/runs");
    await page.getByRole("combobox", { name: "Search" }).fill("no such thing");
    await page.getByText("No run, pipeline or trace has this in its name or id.").waitFor();
  });

  it("is walked by keys, from the search box to a run", async () => {
    await rows().nth(1).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("ArrowUp");
    const focused = () => page.evaluate("document.activeElement.textContent");
    expect(await focused()).toBe("build-47");
    await page.keyboard.press("Tab");
    expect(await focused()).toBe("build-46");
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/runs/${traceIdOf("build-46")}`);
  });

  it("finds a run from anywhere", async () => {
    await rows().nth(1).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("build-4");
    await page
      .getByRole("option", { name: /build-4/ })
      .first()
      .waitFor();
    await page.getByRole("combobox", { name: "Search" }).fill("build-12");
    await page.getByRole("option", { name: /build-12/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/runs/${traceIdOf("build-12")}`);
  });

  it("shows names that look like markup as the text they are", async () => {
    await page.goto("/runs?sort=started&order=asc");
    await page.getByRole("button", { name: HOSTILE }).first().waitFor();
    expect(await page.title()).toBe("Runs · Throughline");
    expect(await page.locator("main img").count()).toBe(0);
  });

  it("says that nothing fits, and how to get back", async () => {
    await page.goto("/runs?branch=nobody");
    await page.getByRole("button", { name: "Show all runs" }).click();
    await page.getByRole("heading", { name: "Runs 49" }).waitFor();
  });

  it("shows what comes while it is open", async () => {
    await page.goto("/runs?branch=live");
    await page.getByText("No run fits these filters").waitFor();
    await storeRuns(server.otlpHttp, [
      { name: "live-1", branch: "live", startMs: Date.now() - 5000, durationMs: 4000, result: "running" },
    ]);
    await page.getByRole("link", { name: "live-1" }).waitFor();
    const duration = () => rows().nth(1).locator(".runs-duration").innerText();
    const first = await duration();
    await expect.poll(duration, { timeout: 10_000 }).not.toBe(first);
  });
});
