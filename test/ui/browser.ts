import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** Where Chromium is on this machine: `CHROME_PATH`, else the first of the usual names on the path; undefined where it is not. */
export const chromiumPath =
  process.env["CHROME_PATH"] ?? findOnPath(["chromium", "chromium-browser", "google-chrome"]);

/** The end of a test's name, said where it is skipped: what to install. */
export const needsChromium =
  chromiumPath === undefined ? " (needs Chromium: apt-get install chromium, or set CHROME_PATH)" : "";

/** Without a display, a GPU or the sandbox that needs privileges a container lacks; and without calling home. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium. One per test file; whoever starts it closes it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath ?? "chromium", args: FLAGS });
}

/** A page, and what went wrong on it that no reader sees. */
export interface WatchedPage {
  page: Page;
  /** Errors and warnings on the console, uncaught exceptions, violations of the content security policy, requests that left the origin. */
  complaints: string[];
  close(): Promise<void>;
}

/** Opens a page that shows `origin`, in a fresh profile. */
export async function openPage(
  browser: Browser,
  origin: string,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1280, height: 800 },
    ...options,
  });
  const page = await context.newPage();
  const complaints = watch(page, context, origin);
  return { page, complaints, close: () => context.close() };
}

function watch(page: Page, context: BrowserContext, origin: string): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    // Chromium reports violations of the content security policy here too.
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  context.on("request", (request) => {
    const url = request.url();
    if (!url.startsWith(`${origin}/`) && !url.startsWith("data:")) complaints.push(`left the origin: ${url}`);
  });
  return complaints;
}

function findOnPath(names: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
