import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root, type ServerProgram, throughline, throughlineUp } from "../program.ts";
import { chromiumPath, needsChromium, openPage, startBrowser } from "./browser.ts";

// One story, in order: a server with nothing in it, then with something, then gone, then back.
describe.skipIf(chromiumPath === undefined)(`the web UI when something is missing${needsChromium}`, () => {
  let server: ServerProgram;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    [server, browser] = await Promise.all([throughlineUp(), startBrowser()]);
    ({ page } = await openPage(browser, server.ui));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it("shows the three commands that fill an empty store, ready to copy", async () => {
    await page.goto("/");
    await page.getByRole("heading", { name: "No runs yet" }).waitFor();
    expect(await page.getByRole("button", { name: /^Copy / }).count()).toBe(3);
    await page.getByRole("banner").getByText("no data yet").waitFor();
  });

  it("fills by itself when the command it shows is run", async () => {
    const example = join(root, "examples/build-and-test.json");
    expect((await throughline(["import", example, "--data", server.data])).exitCode).toBe(0);
    await page.getByRole("heading", { name: "Runs 1" }).waitFor();
    await page.getByRole("row", { name: /build-and-test/ }).waitFor();
  });

  it("says that the server is gone, what starts it again, and goes on when it is back", async () => {
    await server.stop();
    await page.getByText("server gone").waitFor();
    await page.getByRole("button", { name: "Duration" }).click();
    await page.getByRole("heading", { name: "The server has gone" }).waitFor();
    await page.getByRole("button", { name: "Copy throughline up" }).waitFor();
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "The server has gone" }).waitFor();

    await page.getByRole("link", { name: "Pipelines" }).click();
    await page.getByRole("heading", { name: "The server has gone" }).waitFor();
    await page.goBack();

    const port = new URL(server.ui).port;
    server = await throughlineUp(["--data", server.data, "--port", port]);
    await page.getByRole("row", { name: /build-and-test/ }).waitFor();
    // Nothing has come since: what is stored tells when it came.
    await page
      .getByRole("banner")
      .getByText(/just now| ago/)
      .waitFor();
  });

  it("keeps its frame when the code of a page cannot be fetched", async () => {
    await page.route("**/assets/RunPage-*.js", (route) => route.abort());
    await page.getByRole("link", { name: /^build-and-test-/ }).click();
    await page.getByRole("heading", { name: "Something broke" }).waitFor();
    await page.unroute("**/assets/RunPage-*.js");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByRole("heading", { name: "build-and-test" }).waitFor();
  });

  it("repeats what the server says against a question", async () => {
    await page.goto("/runs?longer-than=soon");
    await page.getByRole("heading", { name: "The server does not understand the question" }).waitFor();
    expect(await page.getByRole("alert").innerText()).toContain("soon");
  });
});
