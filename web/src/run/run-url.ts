import type { TimeWindow } from "./timeline/time-window.ts";

export type View = "timeline" | "graph";

/** All that a Run page shows, as its URL has it. */
export interface RunUrl {
  view: View;
  /** Id of the selected span. */
  span?: string;
  /** What of the trace's time is seen; all of it where absent. */
  window?: TimeWindow;
  /** Words looked for in the tree. */
  words: string;
  isQuietShown: boolean;
  isPathShown: boolean;
  clock: "relative" | "absolute";
}

/** Reads the query string of a Run page. What it does not understand is as if it were not there. */
export function readRunUrl(search: string): RunUrl {
  const query = new URLSearchParams(search);
  const span = query.get("span");
  const window = readWindow(query.get("window"));
  return {
    view: query.get("view") === "graph" ? "graph" : "timeline",
    ...(span && { span }),
    ...(window && { window }),
    words: query.get("find") ?? "",
    isQuietShown: query.get("quiet") === "shown",
    isPathShown: query.get("path") !== "hidden",
    clock: query.get("clock") === "absolute" ? "absolute" : "relative",
  };
}

/** Writes the query string, without `?`; what is as it begins is left out. */
export function writeRunUrl(url: RunUrl): string {
  const query = new URLSearchParams();
  if (url.view !== "timeline") query.set("view", url.view);
  if (url.span !== undefined) query.set("span", url.span);
  if (url.window !== undefined) query.set("window", writeWindow(url.window));
  if (url.words !== "") query.set("find", url.words);
  if (url.isQuietShown) query.set("quiet", "shown");
  if (!url.isPathShown) query.set("path", "hidden");
  if (url.clock !== "relative") query.set("clock", url.clock);
  return query.toString();
}

/**
 * Whether going from one page to another is a step that the browser's back button undoes: another view, or details opened
 * and closed. Walking through spans, zooming and typing would bury the page one came from.
 */
export function isStep(from: RunUrl, to: RunUrl): boolean {
  return from.view !== to.view || (from.span === undefined) !== (to.span === undefined);
}

function readWindow(text: string | null): TimeWindow | undefined {
  const match = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text ?? "");
  const startMs = Number(match?.[1]);
  const endMs = Number(match?.[2]);
  return endMs > startMs && Number.isFinite(endMs) ? { startMs, endMs } : undefined;
}

function writeWindow({ startMs, endMs }: TimeWindow): string {
  return `${short(startMs)}-${short(endMs)}`;
}

function short(milliseconds: number): string {
  return String(Number(Math.max(0, milliseconds).toFixed(2)));
}
