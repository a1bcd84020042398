/**
 * News for pages that are open: Server-Sent Events (WHATWG HTML, "Server-sent events"), one for each time data was kept,
 * at most one a second. What is sent is the answer to `status`; what changed the page asks for itself.
 */
import type { ServerResponse } from "node:http";
import type { StatusAnswer } from "../../insight/index.ts";
import type { TraceStore } from "../../store/index.ts";

/** Every page holds a connection, and a browser gives up on others when it has six: more than this is no audience. */
const MOST_LISTENERS = 64;
const SHORTEST_GAP_MS = 1_000;
/** Proxies close what is silent for some 30 to 60 seconds. */
const HEARTBEAT_MS = 15_000;

export interface LiveFeed {
  /** Sends news to a client until it goes away. Answers false when there are too many already. */
  add(response: ServerResponse): boolean;
  /** Ends all responses. */
  close(): void;
}

export function openLiveFeed(store: TraceStore, status: () => Promise<StatusAnswer>): LiveFeed {
  const listeners = new Set<ServerResponse>();
  let waiting: NodeJS.Timeout | undefined;
  let lastToldMs = Number.NEGATIVE_INFINITY;
  const tell = async (audience: Iterable<ServerResponse>) => {
    const event = await newsOf(status);
    for (const listener of audience) send(listener, event);
  };
  const forget = store.onKept(() => {
    if (listeners.size === 0) return;
    waiting ??= setTimeout(
      () => {
        waiting = undefined;
        lastToldMs = performance.now();
        void tell(listeners);
      },
      Math.max(0, lastToldMs + SHORTEST_GAP_MS - performance.now()),
    ).unref();
  });
  const heartbeat = setInterval(() => {
    for (const listener of listeners) send(listener, ": still here\n\n");
  }, HEARTBEAT_MS).unref();
  return {
    add(response) {
      if (listeners.size >= MOST_LISTENERS) return false;
      listeners.add(response);
      response.on("close", () => listeners.delete(response));
      response.writeHead(200, {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        // Nothing else is to be had on it, and a server that closes need not wait for it.
        connection: "close",
        "x-accel-buffering": "no",
      });
      // The page knows that it is connected before the first answer is there.
      response.flushHeaders();
      void tell([response]);
      return true;
    },
    close() {
      forget();
      clearTimeout(waiting);
      clearInterval(heartbeat);
      for (const listener of listeners) listener.end();
    },
  };
}

/** Some hundred events: whoever reads none of so many reads no more. */
const MOST_UNREAD_BYTES = 64 * 1024;

function send(listener: ServerResponse, event: string): void {
  if (listener.writableEnded) return;
  if (listener.writableLength > MOST_UNREAD_BYTES) listener.destroy();
  else listener.write(event);
}

/** A store that cannot answer is news too, but nothing to put into an answer. */
async function newsOf(status: () => Promise<StatusAnswer>): Promise<string> {
  try {
    return `event: data\ndata: ${JSON.stringify(await status())}\n\n`;
  } catch {
    return ": the status is not known\n\n";
  }
}
