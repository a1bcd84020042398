import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useState } from "react";
import type { StatusAnswer } from "../../../src/insight/answers/index.ts";

/** How the page hears of new data. `status` is the server's last word; undefined before the first. */
export interface Live {
  connection: "connecting" | "open" | "lost";
  status: StatusAnswer | undefined;
}

/** Answers are asked for again at most this often, in milliseconds, however much data comes. */
const CALM = 1000;

/** Between attempts to reach a server that refused, in milliseconds. Browsers try again by themselves only after a lost connection. */
const RECONNECT = 3000;

/** Filled by the frame from {@link useLiveConnection}. */
export const LiveContext = createContext<Live>({ connection: "connecting", status: undefined });

/** How the page hears of new data. */
export function useLive(): Live {
  return useContext(LiveContext);
}

/**
 * Listens to `/api/v1/live`, and has every answer on the page asked for again when data was kept, and when the server
 * came back. For the frame, once; pages use {@link useLive}.
 */
export function useLiveConnection(): Live {
  const client = useQueryClient();
  const [live, setLive] = useState<Live>({ connection: "connecting", status: undefined });
  useEffect(() => {
    const refresher = calmRefresher(client);
    let last: StatusAnswer | "lost" | undefined;
    const stopListening = listen({
      onStatus: (status) => {
        setLive({ connection: "open", status });
        if (last === "lost" || (last && last.lastDataTime !== status.lastDataTime)) refresher.refresh();
        last = status;
      },
      onLost: () => {
        last = "lost";
        setLive(({ status }) => ({ connection: "lost", status }));
      },
    });
    return () => {
      stopListening();
      refresher.stop();
    };
  }, [client]);
  return live;
}

interface Listener {
  onStatus: (status: StatusAnswer) => void;
  onLost: () => void;
}

function listen({ onStatus, onLost }: Listener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = () => {
    source = new EventSource("/api/v1/live");
    source.addEventListener("data", (event: MessageEvent<string>) => onStatus(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      onLost();
      if (source?.readyState === EventSource.CLOSED) timer = setTimeout(open, RECONNECT);
    });
  };
  open();
  return () => {
    clearTimeout(timer);
    source?.close();
  };
}

/**
 * Asks for the answers on the page again, at most once a {@link CALM}, and for a quarter of the time at most where they take
 * long. One that is on its way may miss what was just kept, so it is waited for.
 */
function calmRefresher(client: QueryClient) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let nextTime = 0;
  const refresh = () => {
    timer ??= setTimeout(run, Math.max(0, nextTime - Date.now()));
  };
  const run = async () => {
    timer = undefined;
    const startTime = Date.now();
    if (startTime < nextTime) return refresh();
    nextTime = startTime + CALM;
    if (client.isFetching() > 0) return refresh();
    await client.invalidateQueries();
    nextTime = Math.max(nextTime, Date.now() + 3 * (Date.now() - startTime));
  };
  return { refresh, stop: () => clearTimeout(timer) };
}
