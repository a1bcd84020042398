import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ServerProgram, throughlineUp } from "../program.ts";
import { chromiumPath, needsChromium, openPage, startBrowser, type WatchedPage } from "./browser.ts";

const RUNS = "/apis/tekton.dev/v1/namespaces/default/pipelineruns";

/** Goes on until it is cancelled, so that a page can be looked at for as long as it takes. */
const ENDLESS = {
  apiVersion: "tekton.dev/v1",
  kind: "PipelineRun",
  metadata: { name: "endless-1" },
  spec: {
    pipelineSpec: {
      tasks: [
        {
          name: "work",
          taskSpec: {
            steps: [
              {
                name: "talk",
                image: "busybox",
                script:
                  "#!/bin/sh\nseq 1200\nprintf '\\033[31mred\\033[0m ink\\n'\necho beside >&2\nexec sleep 600\n",
              },
              { name: "never", image: "busybox", script: "#!/bin/sh\ntrue\n" },
            ],
          },
        },
      ],
    },
  },
};

describe.skipIf(chromiumPath === undefined)(`the UI while a run goes on here${needsChromium}`, () => {
  let server: ServerProgram;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    [server, browser] = await Promise.all([throughlineUp(), startBrowser()]);
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
  const parameter = (name: string) => new URL(page.url()).searchParams.get(name);

  it("lists a run as soon as it is created, and shows which step runs and which waits", async () => {
    await page.goto("/runs");
    await page.getByRole("heading", { name: "Runs" }).waitFor();
    await askKube({ method: "POST", path: RUNS, body: ENDLESS });
    await page.getByRole("link", { name: "endless-1" }).click();
    await row(/^step talk, running/).waitFor();
    await row(/^step never, waiting/).click();
    await details()
      .getByText(/^Step never of task work has not begun yet/)
      .waitFor();
  });

  it("shows what a step prints while it runs, as a terminal would leave it standing", async () => {
    await row(/^step talk, running/).click();
    await details()
      .getByText(/^The last 1.000 lines\. Lines with a bar are from stderr\.$/)
      .waitFor();
    const lines = details().locator("pre code");
    await expect.poll(() => lines.last().innerText()).toBe("beside");
    expect(await lines.last().getAttribute("data-stderr")).toBe("true");
    expect(await lines.nth(-2).innerText()).toBe("red ink");
  });

  it("leaves reconcilers out until they are asked for, and keeps that in the address", async () => {
    expect(await row(/ReconcileKind/).count()).toBe(0);
    await page.keyboard.press("Escape");
    await page.keyboard.press("q");
    await row(/^PipelineRun:ReconcileKind/)
      .first()
      .waitFor();
    await expect.poll(() => parameter("quiet")).toBe("shown");
    await page.getByRole("checkbox", { name: /reconcile spans?$/ }).uncheck();
    await row(/ReconcileKind/)
      .first()
      .waitFor({ state: "detached" });
    await expect.poll(() => parameter("quiet")).toBeNull();
  });

  it("finds what a reconciler decided, and says it first", async () => {
    const find = page.getByRole("searchbox", { name: /Find a span/ });
    await find.fill("created TaskRun");
    await find.press("Enter");
    await details()
      .getByText(/^The reconciler of PipelineRun endless-1 was in createTaskRun/)
      .waitFor();
    const firstPart = details().getByRole("heading", { level: 3 }).first();
    expect(await firstPart.innerText()).toBe("Decided");
    await details().getByText("created TaskRun endless-1-work", { exact: true }).waitFor();
    await page.keyboard.press("Escape");
  });

  it("shows how the run ended when it has", async () => {
    await askKube({ method: "PATCH", path: `${RUNS}/endless-1`, body: { spec: { status: "Cancelled" } } });
    await row(/^RUN endless-1, cancelled/).waitFor();
    await page.getByText("Took").waitFor();
    expect(await row(/, running,/).count()).toBe(0);
  });

  /** Speaks to the embedded Kubernetes API as its kubeconfig says. */
  async function askKube({ method, path, body }: { method: string; path: string; body: object }) {
    const { clusters } = JSON.parse(readFileSync(server.kubeconfig, "utf8"));
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const answer = await fetch(`${clusters[0].cluster.server}${path}`, {
      method,
      headers: { "content-type": type },
      body: JSON.stringify(body),
    });
    expect(answer.ok, await answer.text()).toBe(true);
  }
});
