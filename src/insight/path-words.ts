/** The critical path of a run in a sentence. */
import type { PathCause } from "../trace/index.ts";
import { formatDuration } from "./duration.ts";

/** A part of a critical path, as far as words are concerned. */
export interface WordedPart {
  cause: PathCause;
  /** Of a step, or where nothing is known of the inside of a task. */
  task?: string;
  /** Of a pull: the image. */
  label?: string;
  durationNs: bigint;
}

/** Durations by what they went by, longest first: the steps of a task together, waits by their cause. */
function pathShares(parts: readonly WordedPart[]): { what: string; durationNs: bigint }[] {
  const shares = new Map<string, bigint>();
  for (const part of parts) {
    const what = describePart(part);
    shares.set(what, (shares.get(what) ?? 0n) + part.durationNs);
  }
  return [...shares]
    .map(([what, durationNs]) => ({ what, durationNs }))
    .sort((a, b) => Number(b.durationNs - a.durationNs) || (a.what < b.what ? -1 : 1));
}

function describePart({ cause, task = "", label = "" }: WordedPart): string {
  switch (cause) {
    case "step":
    case "task":
      return task;
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
  return image.replace(/^.*\//, "").replace(/@.*$/, "");
}

const SHOWN = 3;

/** `7m 12s, of which 3m 40s integration-test, 1m 05s waiting for a node, 42s pulling golang:1.24` */
export function pathSentence(durationNs: bigint, parts: readonly WordedPart[]): string {
  const longest = pathShares(parts).slice(0, SHOWN);
  const total = formatDuration(durationNs);
  if (longest.length === 0) return total;
  return `${total}, of which ${longest.map((each) => `${formatDuration(each.durationNs)} ${each.what}`).join(", ")}`;
}
