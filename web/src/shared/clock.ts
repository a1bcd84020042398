import { useCallback, useSyncExternalStore } from "react";

/** Ticks for all who listen, so that a table of times needs one timer. It stands still while nobody does. */
interface Ticker {
  now: number;
  timer: ReturnType<typeof setInterval> | undefined;
  listeners: Set<() => void>;
}

const tickers = new Map<number, Ticker>();

/** The wall clock in milliseconds, told again every `everyMilliseconds` while the page is seen; for "5m ago" and running bars. */
export function useNow(everyMilliseconds: number): number {
  const subscribe = useCallback(
    (listener: () => void) => listen(everyMilliseconds, listener),
    [everyMilliseconds],
  );
  return useSyncExternalStore(subscribe, () => tickerOf(everyMilliseconds).now);
}

function tickerOf(everyMilliseconds: number): Ticker {
  const known = tickers.get(everyMilliseconds);
  if (known !== undefined) return known;
  const ticker: Ticker = { now: Date.now(), timer: undefined, listeners: new Set() };
  tickers.set(everyMilliseconds, ticker);
  return ticker;
}

function listen(everyMilliseconds: number, listener: () => void): () => void {
  const ticker = tickerOf(everyMilliseconds);
  ticker.listeners.add(listener);
  ticker.timer ??= setInterval(() => tick(ticker), everyMilliseconds);
  return () => {
    ticker.listeners.delete(listener);
    if (ticker.listeners.size > 0) return;
    clearInterval(ticker.timer);
    tickers.delete(everyMilliseconds);
  };
}

function tick(ticker: Ticker): void {
  if (document.visibilityState !== "visible") return;
  ticker.now = Date.now();
  for (const listener of ticker.listeners) listener();
}
