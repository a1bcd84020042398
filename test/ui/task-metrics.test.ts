import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ServerProgram, throughlineUp } from "../program.ts";
import { chromiumPath, needsChromium, openPage, startBrowser, type WatchedPage } from "./browser.ts";
import { commandSpanId, storeCommands } from "./stored-commands.ts";
import { type MeasuredRun, storeMeasured } from "./stored-metrics.ts";
import { type RunToStore, storeRuns, traceIdOf } from "./stored-runs.ts";

const HOUR = 3_600_000;
const SECOND = 1000;
const PIPELINE = "build-and-test";
const HOSTILE = "<img src=x onerror=alert(1)>";
const TASK = `/task?pipeline=${PIPELINE}&task=unit-test`;

/** A run every four hours, the last an hour ago; one in five of them fails. */
function runsUpTo(endMs: number): RunToStore[] {
  return Array.from({ length: 40 }, (_, index) => {
    const result = index % 5 === 0 ? "failure" : "success";
    return {
      name: `build-${index}`,
      startMs: endMs - (40 - index) * 4 * HOUR,
      durationMs: 150 * SECOND,
      result,
      tasks: [
        { name: "clone", offsetMs: 0, durationMs: 25 * SECOND },
        { name: "unit-test", offsetMs: 30 * SECOND, durationMs: 100 * SECOND, result },
      ],
    };
  });
}

/** What the unit tests of these runs measured: 45 s each, with a binary that grows. */
function measuredIn(runs: readonly RunToStore[]): MeasuredRun[] {
  return runs.map(({ startMs, result = "success" }, index) => ({
    timeMs: startMs + 130 * SECOND,
    pipeline: PIPELINE,
    task: "unit-test",
    durationSeconds: 45,
    result,
    sizes: { "shop.tar": 46_000_000 + index * 100_000, [HOSTILE]: 900 },
  }));
}

describe.skipIf(chromiumPath === undefined)(`the page of a task${needsChromium}`, () => {
  let server: ServerProgram;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    [server, browser] = await Promise.all([throughlineUp(), startBrowser()]);
    const runs = runsUpTo(Date.now() - HOUR);
    await storeRuns(server.otlpHttp, runs);
    await storeMeasured(server.otlpHttp, measuredIn(runs));
    const command = { traceId: traceIdOf("build-1"), startMs: runs[1]?.startMs ?? 0, durationMs: 3000 };
    await storeCommands(server.otlpHttp, [
      { ...command, name: "go", args: ["go", "test", "./..."], exitCode: 0 },
      {
        ...command,
        name: "make",
        parentSpanId: commandSpanId("go"),
        args: ["make", "NAME=it's me"],
        exitCode: 2,
        stderr: "FAIL: pay_test.go:31\n    got 402",
        links: [
          { traceId: command.traceId, spanId: commandSpanId("go") },
          { traceId: traceIdOf("build-2"), spanId: "00f067aa0ba902b7" },
        ],
      },
    ]);
    watched = await openPage(browser, server.ui);
    page = watched.page;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  afterEach(() => expect(watched.complaints.splice(0)).toEqual([]));

  const figure = (name: string) => page.getByRole("figure", { name });
  const reading = (name: string) => figure(name).getByRole("paragraph").innerText();

  it("is reached from its pipeline, in the same period", async () => {
    await page.goto(`/pipeline?pipeline=${PIPELINE}&since=30d`);
    await page.getByRole("link", { name: "unit-test" }).click();
    await page.getByRole("heading", { level: 1, name: "unit-test" }).waitFor();
    expect(new URL(page.url()).search).toBe(`?pipeline=${PIPELINE}&task=unit-test&since=30d`);
  });

  it("is reached from a span of the task", async () => {
    await page.goto(`/runs/${traceIdOf("build-1")}`);
    await page.getByRole("treeitem", { name: /^unit-test/ }).click();
    await page.getByRole("link", { name: "unit-test in all runs" }).click();
    await page.getByRole("heading", { level: 1, name: "unit-test" }).waitFor();
  });

  it("is told apart from the commands its steps ran, which say what was run, how it ended and what it wrote", async () => {
    await page.goto(`/runs/${traceIdOf("build-1")}?span=${commandSpanId("make")}`);
    const details = page.getByRole("complementary", { name: "Details of the selected span" });
    await details.getByText("The command make failed after 3s with exit code 2.").waitFor();
    await details.getByText("make 'NAME=it'\\''s me'", { exact: true }).waitFor();
    expect(await details.locator("pre").innerText()).toBe("FAIL: pay_test.go:31\n    got 402");
    const elsewhere = details.getByRole("link", { name: /^Span 00f067aa0ba902b7 of trace/ });
    expect(await elsewhere.getAttribute("href")).toBe(`/runs/${traceIdOf("build-2")}?span=00f067aa0ba902b7`);
    await details.getByRole("button", { name: /^go / }).first().click();
    await details.getByText("The command go succeeded in 3s.").waitFor();
  });

  it("charts how long the task took, how it ended, and how large its artifacts are", async () => {
    await page.goto(TASK);
    await figure("Duration").locator("canvas").waitFor();
    expect(await reading("Duration")).toMatch(/^p50 \d+s, p95 \d+s, measured 40 times$/);
    expect(await reading("Completions")).toBe("32 succeeded, 8 failed");
    expect(await reading("Size of shop.tar")).toBe("49.9\u00a0MB");
    expect(await page.locator(".measured canvas").count()).toBe(4);
    await figure(`Size of ${HOSTILE}`).waitFor();
  });

  it("shows what the spans tell of it beside what it measured", async () => {
    await page.goto(TASK);
    await page.getByText("8 of 40 runs failed").waitFor();
    const numbers = await page.locator(".numbers").innerText();
    expect(numbers.replaceAll(/\s+/g, " ")).toMatch(/^Runs 40 Failed 20% p50 1m 40s p95 1m 40s/);
  });

  it("says what was measured at the moment pointed at", async () => {
    await page.goto(TASK);
    const chart = figure("Completions").locator(".u-over");
    await chart.hover({ position: { x: 5, y: 20 } });
    await expect.poll(() => reading("Completions")).toMatch(/^\d+ (succeeded|failed).*\d{4}-\d\d-\d\d/s);
    await page.mouse.move(0, 0);
    await expect.poll(() => reading("Completions")).toBe("32 succeeded, 8 failed");
  });

  it("has all numbers in a table too, opened by keyboard", async () => {
    await page.goto(TASK);
    await page.getByText("As a table").focus();
    await page.keyboard.press("Enter");
    const head = await page.locator(".measured-table thead").innerText();
    expect(head.trim().replaceAll(/\s+/g, " ")).toBe(`From p50 p95 succeeded failed ${HOSTILE} shop.tar`);
    await page.getByRole("cell", { name: "49.9 MB" }).first().waitFor();
  });

  it("is narrowed by dragging over a chart, and widened by the period", async () => {
    await page.goto(TASK);
    const chart = figure("Duration").locator(".u-over");
    await chart.hover({ position: { x: 40, y: 20 } });
    await page.mouse.down();
    await chart.hover({ position: { x: 160, y: 20 } });
    await page.mouse.up();
    await page.mouse.move(0, 0);
    await page.waitForURL(/since=.*&until=/);
    await expect.poll(() => reading("Duration")).not.toContain("measured 40 times");
    await page.getByRole("combobox", { name: "Period" }).selectOption("");
    await expect.poll(() => reading("Duration")).toContain("measured 40 times");
  });

  it("says how a step sends metrics where there are none", async () => {
    await page.goto(`/task?pipeline=${PIPELINE}&task=clone`);
    await page.getByText("The task has sent no metrics of its own yet.").waitFor();
    await page
      .getByRole("button", { name: /^Copy throughline metric record tekton.task.duration/ })
      .waitFor();
    await page.getByText("None in this period.").waitFor();
  });

  it("is whole on a narrow screen, without scrolling sideways", async () => {
    await page.setViewportSize({ width: 400, height: 800 });
    await page.goto(TASK);
    await figure("Duration").locator("canvas").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(400);
    await page.setViewportSize({ width: 1280, height: 800 });
  });
});
