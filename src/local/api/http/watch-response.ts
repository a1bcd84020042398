/** A watch as a response: one JSON event a line, as long as the client reads (Kubernetes API concepts, "watch"). */
import type { ServerResponse } from "node:http";
import type { WatchOptions } from "../../../kube/index.ts";
import type { Operations } from "../embedded-api.ts";
import { expired } from "../refusals.ts";
import type { Resource } from "../resources.ts";
import type { ApiEvent } from "../watching.ts";
import { statusOf } from "./reply.ts";

/** A watcher that leaves so much unread is cut off. Lists everything again, which costs less than keeping more for it. */
const MOST_UNREAD_BYTES = 8 * 1024 * 1024;
const BOOKMARK_MILLIS = 60_000;
/** For whoever was cut off, to read why. */
const FAREWELL_MILLIS = 5_000;

export interface WatchResponseOptions {
  operations: Operations;
  /** Aborted when the watch is to end. */
  ended: AbortSignal;
  resource: Resource;
  watch: WatchOptions;
  wantsBookmarks: boolean;
  /** A bookmark says where the objects of the beginning end, and what is news (KEP-3157, `sendInitialEvents`). */
  marksInitialEnd: boolean;
  /** How an object is shown. */
  present: (event: Exclude<ApiEvent, { type: "BOOKMARK" }>) => object;
  /** `apiVersion` and `kind` of a bookmark's empty object. */
  identity: { apiVersion: string; kind: string };
}

/** Throws before anything is sent when the watch cannot begin. */
export function respondWithWatch(response: ServerResponse, options: WatchResponseOptions): void {
  const { operations, resource, watch, identity, present, ended } = options;
  const lines = lineWriter(response);
  const bookmark = (annotations?: object) => {
    const metadata = { resourceVersion: operations.version(), ...(annotations && { annotations }) };
    lines.add({ type: "BOOKMARK", object: { ...identity, metadata } });
  };
  const stop = operations.watch(resource, watch, (event) => {
    if (event.type !== "BOOKMARK") lines.add({ type: event.type, object: present(event) });
  });
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache, private" });
  response.flushHeaders();
  if (options.marksInitialEnd) bookmark({ "k8s.io/initial-events-end": "true" });
  const end = () => {
    if (options.wantsBookmarks) bookmark();
    lines.end();
  };
  const { timeoutSeconds } = watch;
  const timeout = timeoutSeconds === undefined ? undefined : setTimeout(end, timeoutSeconds * 1_000);
  const beat = options.wantsBookmarks ? setInterval(() => bookmark(), BOOKMARK_MILLIS) : undefined;
  ended.addEventListener("abort", end);
  response.on("close", () => {
    stop();
    clearTimeout(timeout);
    clearInterval(beat);
    ended.removeEventListener("abort", end);
  });
}

/** Gathers what comes up in one turn, so that a burst of events is one write. */
function lineWriter(response: ServerResponse) {
  let unsent: string[] = [];
  const flush = () => {
    if (unsent.length === 0 || response.writableEnded || response.destroyed) return;
    const text = unsent.join("");
    unsent = [];
    if (response.writableLength + text.length <= MOST_UNREAD_BYTES) response.write(text);
    else cutOff(response);
  };
  return {
    add(event: object) {
      if (response.writableEnded) return;
      if (unsent.length === 0) setImmediate(flush);
      unsent.push(`${JSON.stringify(event)}\n`);
    },
    end() {
      flush();
      response.end();
    },
  };
}

function cutOff(response: ServerResponse): void {
  const { body } = statusOf(expired("the watch was not read; list again"));
  response.end(`${JSON.stringify({ type: "ERROR", object: body })}\n`);
  setTimeout(() => response.destroy(), FAREWELL_MILLIS).unref();
}
