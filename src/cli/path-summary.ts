import type { PathPart, RunTrace } from "../trace/index.ts";
import { formatDuration } from "./duration.ts";
import { printable } from "./terminal.ts";

export interface PathShare {
  what: string;
  durationNs: bigint;
}

/** What the critical path went by, longest first: the steps of a task together, waits by their cause. */
export function pathShares(parts: readonly PathPart[]): PathShare[] {
  const shares = new Map<string, bigint>();
  for (const part of parts) {
    const what = describePart(part);
    shares.set(what, (shares.get(what) ?? 0n) + part.endNs - part.startNs);
  }
  return [...shares]
    .map(([what, durationNs]) => ({ what, durationNs }))
    .sort((a, b) => Number(b.durationNs - a.durationNs) || (a.what < b.what ? -1 : 1));
}

function describePart({ cause, task = "", label = "" }: PathPart): string {
  switch (cause) {
    case "step":
    case "task":
      return printable(task);
    case "schedule":
      return "waiting for a node";
    case "pull":
      return `pulling ${shortImage(label)}`;
    case "init":
      return "preparing pods";
    case "queue":
      return "waiting to be taken up";
    case "controller":
      return "waiting for the controller";
    case "start":
      return "starting pods";
    case "handover":
      return "between steps";
    case "unknown":
      return "tasks that are not in the input";
  }
}

/** `docker.io/library/golang:1.25@sha256:…` is golang:1.25 to whoever reads it. */
export function shortImage(image: string): string {
  return printable(image.replace(/^.*\//, "").replace(/@.*$/, ""));
}

const SHOWN = 3;

/** `7m 12s, of which 3m 40s integration-test, 1m 05s waiting for a node, 42s pulling golang:1.24` */
export function pathSentence({
  startNs,
  endNs,
  criticalPath,
}: Pick<RunTrace, "startNs" | "endNs" | "criticalPath">): string {
  const longest = pathShares(criticalPath).slice(0, SHOWN);
  const total = formatDuration(endNs - startNs);
  if (longest.length === 0) return total;
  return `${total}, of which ${longest.map(({ what, durationNs }) => `${formatDuration(durationNs)} ${what}`).join(", ")}`;
}
