import { useCallback, useEffect, useRef, useState } from "react";
import { navigate, useSearch } from "wouter/use-browser-location";
import { isStep, type RunUrl, readRunUrl, writeRunUrl } from "./run-url.ts";

/** Browsers refuse more than some hundred changes of the address in ten seconds; a wheel makes sixty a second. */
const SETTLED_AFTER_MS = 200;

/**
 * What the page shows, and how to change it. Changes show at once. The address follows: steps (see {@link isStep}) at once,
 * the rest when things have come to rest.
 */
export function useRunUrl(): [RunUrl, (changes: Partial<RunUrl>) => void] {
  const search = useSearch();
  const [url, setUrl] = useState(() => readRunUrl(search));
  const latest = useRef(url);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const show = useCallback((next: RunUrl) => {
    latest.current = next;
    setUrl(next);
  }, []);

  // Someone else changed the address: the back button, or a link.
  useEffect(() => {
    if (timer.current === undefined && writeRunUrl(latest.current) !== search.slice(1))
      show(readRunUrl(search));
  }, [search, show]);

  useEffect(() => {
    const forget = () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    };
    addEventListener("popstate", forget);
    return () => {
      removeEventListener("popstate", forget);
      forget();
    };
  }, []);

  const change = useCallback(
    (changes: Partial<RunUrl>) => {
      const from = latest.current;
      const to = { ...from, ...changes };
      show(to);
      clearTimeout(timer.current);
      timer.current = undefined;
      if (isStep(from, to)) {
        write(from, { replace: true });
        write(to, { replace: false });
      } else
        timer.current = setTimeout(() => {
          timer.current = undefined;
          write(latest.current, { replace: true });
        }, SETTLED_AFTER_MS);
    },
    [show],
  );
  return [url, change];
}

function write(url: RunUrl, options: { replace: boolean }): void {
  const query = writeRunUrl(url);
  const address = query === "" ? location.pathname : `${location.pathname}?${query}`;
  if (address !== location.pathname + location.search) navigate(address, options);
}
