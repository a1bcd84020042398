import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ServerProgram, throughline, throughlineUp } from "../program.ts";
import { chromiumPath, needsChromium, openPage, startBrowser, type WatchedPage } from "./browser.ts";
import { storeRuns } from "./stored-runs.ts";

const FAILED = "/runs/shop-ci/nightly-qmrt6";
const FAILED_TRACE = "5dc998f1a3b8473bb682252859511aa1";
const SUCCEEDED = "/runs/build-and-test-n5n2l";

describe.skipIf(chromiumPath === undefined)(`the Run page${needsChromium}`, () => {
  let server: ServerProgram;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    [server, browser] = await Promise.all([throughlineUp(), startBrowser()]);
    const examples = ["examples/build-and-test.json", "examples/failed-run.json"];
    const { stderr } = await throughline(["import", ...examples, "--data", server.data]);
    expect(stderr).toContain("spans sent");
    watched = await openPage(browser, server.ui);
    page = watched.page;
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });
  afterEach(() => expect(watched.complaints.splice(0)).toEqual([]));

  const tree = () => page.getByRole("tree", { name: "Spans" });
  const row = (name: RegExp) => tree().getByRole("treeitem", { name });
  const details = () => page.getByRole("complementary", { name: "Details of the selected span" });
  const selectedName = () => tree().locator('[aria-selected="true"]').getAttribute("aria-label");
  const parameter = (name: string) => new URL(page.url()).searchParams.get(name);

  it("leads from the start page to the step that failed in two clicks, and says why it did", async () => {
    await page.goto("/");
    await page.getByRole("link", { name: /nightly-qmrt6/ }).click();
    await page.getByRole("button", { name: "First failure unit-test › step test" }).click();
    await details().getByText("Step test of task unit-test failed after 37s with exit code 2.").waitFor();
    await details().getByText("exited with code 2", { exact: true }).waitFor();
    expect(await selectedName()).toBe("step test, failed, 37s, exit code 2");
  });

  it("leads from the start page to the slowest step in two clicks", async () => {
    await page.goto("/");
    await page.getByRole("link", { name: /build-and-test-n5n2l/ }).click();
    await page.getByRole("button", { name: "Slowest step unit-test › step test" }).click();
    await details().getByText("Step test of task unit-test succeeded in 1m 28s.").waitFor();
  });

  it("says first what the run was, from its critical path", async () => {
    await page.goto(SUCCEEDED);
    await page.getByText(/^7m 28s, of which 1m 43s integration-test, 1m 29s unit-test/).waitFor();
    await page.getByText("mira-okafor, pull_request").waitFor();
    await page.getByRole("link", { name: "retry-payments" }).waitFor();
  });

  it("is walked by keyboard", async () => {
    await page.goto(FAILED);
    await tree().focus();
    for (const key of ["ArrowDown", "ArrowDown", "ArrowDown"]) await page.keyboard.press(key);
    await expect.poll(selectedName).toMatch(/^unit-test, failed/);
    await page.keyboard.press("ArrowLeft");
    await row(/^step test/).waitFor({ state: "detached" });
    await page.keyboard.press("ArrowRight");
    await row(/^step test/).waitFor();
    await page.keyboard.press("ArrowRight");
    await expect.poll(selectedName).toMatch(/^schedule/);
    await page.keyboard.press("End");
    await expect.poll(selectedName).toMatch(/skipped/);
    await page.keyboard.press("Home");
    await expect.poll(selectedName).toMatch(/^RUN nightly/);
    const active = await tree().getAttribute("aria-activedescendant");
    expect(await page.locator(`#${active}`).getAttribute("aria-label")).toMatch(/^RUN nightly/);
  });

  it("folds quiet spans away until they are asked for", async () => {
    await page.goto(FAILED);
    await row(/^unit-test/).waitFor();
    expect(await row(/^execute_duration/).count()).toBe(0);
    await page.getByRole("checkbox", { name: "1 quiet span" }).check();
    await row(/^execute_duration/).waitFor();
    await expect.poll(() => parameter("quiet")).toBe("shown");
  });

  it("finds spans, from one match to the next", async () => {
    await page.goto(SUCCEEDED);
    const find = page.getByRole("searchbox", { name: /Find a span/ });
    await find.fill("attempt");
    await page.getByText("2", { exact: true }).waitFor();
    await find.press("Enter");
    await expect.poll(selectedName).toMatch(/^attempt 1/);
    await find.press("Enter");
    await page.getByText("2 of 2").waitFor();
    await find.press("Shift+Enter");
    await page.getByText("1 of 2").waitFor();
  });

  it("shows in a link what was seen: the span, the zoom, the view", async () => {
    await page.goto(`${SUCCEEDED}?view=graph`);
    await page.getByRole("button", { name: /^build-image, succeeded, 2m 20s/ }).press("Enter");
    await details()
      .getByText(/^Task build-image succeeded in 2m 20s/)
      .waitFor();
    await page.getByRole("button", { name: "Timeline" }).click();
    await expect.poll(selectedName).toMatch(/^build-image/);
    await page.keyboard.press("z");
    await expect.poll(() => parameter("window")).not.toBeNull();
    const link = page.url();
    await page.goto("about:blank");
    await page.goto(link);
    await expect.poll(selectedName).toMatch(/^build-image/);
    await page.getByRole("button", { name: "Show all" }).click();
    await expect.poll(() => parameter("window")).toBeNull();
  });

  it("goes back from view to view, and then to where one came from", async () => {
    await page.goto("/runs");
    await page.getByRole("link", { name: /nightly-qmrt6/ }).click();
    await row(/^step test/).click();
    await details().waitFor();
    await page.getByRole("button", { name: "Graph" }).click();
    await page.getByRole("region", { name: "Graph of nightly" }).waitFor();
    await page.goBack();
    await row(/^step test/).waitFor();
    await page.goBack();
    await details().waitFor({ state: "detached" });
    await page.goBack();
    await page.waitForURL(/\/runs$/);
  });

  it("draws the graph with what was skipped and why things had to wait", async () => {
    await page.goto(`${SUCCEEDED}?view=graph`);
    await page.getByRole("button", { name: /^lint, succeeded, 1m 11s · slack/ }).waitFor();
    await page.getByRole("button", { name: /^publish, skipped/ }).waitFor();
    const sign = page.getByRole("button", { name: /^lint, / }).locator(".result-icon");
    expect((await sign.boundingBox())?.width).toBeLessThanOrEqual(12);
    await page.getByText("finally", { exact: true }).waitFor();
  });

  it("zooms where one drags, with the wheel, and to a span that is double clicked", async () => {
    await page.goto(FAILED);
    await row(/^step test/).waitFor();
    const box = await tree().boundingBox();
    if (box === null) throw new Error("the tree has no size");
    const y = box.y + 100;
    await page.mouse.move(box.x + box.width * 0.5, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.7, y, { steps: 4 });
    await page.mouse.up();
    await expect.poll(() => parameter("window")).not.toBeNull();
    const dragged = parameter("window");
    await page.keyboard.down("Control");
    await page.mouse.wheel(0, -300);
    await page.keyboard.up("Control");
    await expect.poll(() => parameter("window")).not.toBe(dragged);
    await page.keyboard.press("f");
    await expect.poll(() => parameter("window")).toBeNull();
    await row(/^step checkout/).dblclick();
    await expect.poll(() => parameter("window")).toMatch(/^195\d\d/);
  });

  it("gives the commands and the data of a span to copy", async () => {
    await page.goto(FAILED);
    await row(/^step test/).click();
    const logs = "Copy kubectl -n shop-ci logs nightly-qmrt6-unit-test-pod -c step-test";
    await details().getByRole("button", { name: logs }).waitFor();
    await details().getByRole("button", { name: "Copy the span as OTLP/JSON" }).waitFor();
    await details()
      .getByRole("button", { name: /^unit-test/ })
      .click();
    await expect.poll(selectedName).toMatch(/^unit-test/);
  });

  it("shows the end of a step's log, the failing lines first", async () => {
    await page.goto(FAILED);
    await row(/^step test/).click();
    await expect.poll(() => parameter("span")).not.toBeNull();
    await storeLog(server.otlpHttp, { traceId: FAILED_TRACE, spanId: parameter("span") ?? "" });
    await page.reload();
    await details().getByText("1 failing line").waitFor();
    const log = details().locator("pre");
    expect(await log.first().innerText()).toBe("--- FAIL: TestCart");
    expect(await log.last().innerText()).toBe("=== RUN TestCart\n--- FAIL: TestCart");
  });

  it("goes on by itself while a run goes on", async () => {
    const run = { name: "live-1", startMs: Date.now() - 60_000, durationMs: 30_000 };
    await storeRuns(server.otlpHttp, [{ ...run, result: "running" }]);
    await page.goto("/runs/live-1");
    await page.getByText("So far").waitFor();
    await page.getByText("When last heard of: 30s").waitFor();
    await storeRuns(server.otlpHttp, [{ ...run, durationMs: 61_000 }]);
    await page.getByText("Took").waitFor();
    await row(/^RUN build-and-test, succeeded, 1m 01s/).waitFor();
  });

  it("says where to look when there is no such run", async () => {
    await page.goto("/runs/nope");
    await page.getByRole("heading", { name: "No such run" }).waitFor();
    await page.getByRole("link", { name: "runs like it" }).waitFor();
  });

  it("is usable on a telephone: nothing sticks out, and details are a sheet", async () => {
    const phone = await openPage(browser, server.ui, { viewport: { width: 400, height: 800 } });
    await phone.page.goto(FAILED);
    await phone.page.getByRole("treeitem", { name: /^step test/ }).click();
    await phone.page.getByText("Step test of task unit-test failed").waitFor();
    const width = await phone.page.evaluate("document.documentElement.scrollWidth");
    expect(width).toBeLessThanOrEqual(400);
    expect(phone.complaints).toEqual([]);
    await phone.close();
  });
});

/** Two lines a step wrote, as a log collector would send them. */
async function storeLog(
  otlpHttp: string,
  { traceId, spanId }: { traceId: string; spanId: string },
): Promise<void> {
  const logRecords = ["=== RUN TestCart", "--- FAIL: TestCart"].map((line, index) => ({
    timeUnixNano: `17872740${index}0000000000`,
    traceId,
    spanId,
    body: { stringValue: line },
  }));
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });
  expect((await fetch(`${otlpHttp}/v1/logs`, { method: "POST", headers, body })).status).toBe(200);
}
