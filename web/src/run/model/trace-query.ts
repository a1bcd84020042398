import { queryOptions } from "@tanstack/react-query";
import { questionPath } from "../../shared/api.ts";
import { isSettled } from "./growth.ts";
import { traceWorker } from "./worker-client.ts";
import type { Loaded } from "./worker-messages.ts";

/**
 * A trace by its id or the name of its run, read in the worker; read again when data comes, unless it ended long ago.
 * It is not kept once the page has gone, because the worker keeps one trace only.
 */
export function traceQuery(id: string) {
  const path = questionPath(`traces/${encodeURIComponent(id)}`);
  return queryOptions<Loaded, Error>({
    queryKey: [path, "columns"],
    // Taking the signal has TanStack Query forget a reading that nobody waits for any more, instead of sharing it later.
    queryFn: ({ signal }) => loadTrace(path, signal),
    gcTime: 0,
    // Comparing columns value by value would cost more than drawing them again.
    structuralSharing: false,
    staleTime: ({ state: { data } }) => (data && isSettled(data.trace, Date.now()) ? "static" : 0),
  });
}

async function loadTrace(path: string, signal: AbortSignal): Promise<Loaded> {
  const loaded = await traceWorker().run("load", { path });
  signal.throwIfAborted();
  if (loaded === undefined) throw new Error("The trace was not read. Reload the page.");
  return loaded;
}
