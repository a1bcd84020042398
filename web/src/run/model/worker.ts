/**
 * Runs in a Web Worker: asks the server for a trace, reads it, and lays it out, so that the page stays quick while
 * fifty thousand spans are read.
 */
import type { TraceAnswer } from "../../../../src/insight/answers/index.ts";
import { ApiError, ask } from "../../shared/api.ts";
import { rasterise } from "./minimap.ts";
import { layOutRows } from "./rows.ts";
import { searchSpans } from "./search-spans.ts";
import { traceOf } from "./trace.ts";
import type { Loaded, Reply, Request } from "./worker-messages.ts";

let loaded: Loaded | undefined;
let lastNumber = 0;

addEventListener("message", async ({ data: request }: MessageEvent<Request>) => {
  postMessage(await replyTo(request));
});

async function replyTo(request: Request): Promise<Reply> {
  const { id } = request;
  try {
    if (request.job === "load") return { id, ...(await load(request.path)) };
    if (loaded?.number !== request.trace) return { id, kind: "outdated" };
    return { id, kind: "answered", value: layOut(loaded, request) };
  } catch (error) {
    const code = error instanceof ApiError ? error.code : "fault";
    return { id, kind: "refused", code, message: error instanceof Error ? error.message : String(error) };
  }
}

/** Of two traces asked for at the same time the later is kept, whichever comes first. */
async function load(path: string): Promise<{ kind: "answered"; value: Loaded } | { kind: "outdated" }> {
  const number = ++lastNumber;
  const trace = traceOf(await ask<TraceAnswer>(path));
  if (number !== lastNumber) return { kind: "outdated" };
  loaded = { number, trace };
  return { kind: "answered", value: loaded };
}

function layOut({ trace }: Loaded, request: Exclude<Request, { job: "load" }>) {
  switch (request.job) {
    case "rows":
      return layOutRows(trace, request.folding);
    case "search":
      return searchSpans(trace, request.words);
    case "minimap":
      return rasterise(trace, request);
  }
}
