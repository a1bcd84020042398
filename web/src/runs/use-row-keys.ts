import { type RefObject, useLayoutEffect } from "react";
import { isShortcut } from "../shared/shortcuts.ts";

/** How a row's link to its run is found. */
export const ROW_LINK = "data-run-link";

const STEPS: Record<string, number> = { j: 1, k: -1, ArrowDown: 1, ArrowUp: -1 };

/**
 * Walks the rows inside `body` by keys: `j` and `k` anywhere on the page, arrows once a row has the focus (elsewhere they
 * scroll). `f` goes to the filter field.
 */
export function useRowKeys(body: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isShortcut(event)) return;
      if (event.key === "f") document.getElementById("filter")?.focus();
      else if (!walk(body.current, event.key)) return;
      event.preventDefault();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [body]);
}

function walk(body: HTMLElement | null, key: string): boolean {
  const step = STEPS[key];
  if (step === undefined || body === null) return false;
  const links = [...body.querySelectorAll<HTMLElement>(`[${ROW_LINK}]`)];
  const focused = document.activeElement;
  const current = focused instanceof HTMLElement ? links.indexOf(focused) : -1;
  if (current === -1 && key.startsWith("Arrow")) return false;
  const next = links[current === -1 ? firstSeen(links) : current + step];
  next?.focus({ preventScroll: true });
  next?.scrollIntoView({ block: "nearest" });
  return next !== undefined;
}

function firstSeen(links: readonly HTMLElement[]): number {
  return Math.max(
    0,
    links.findIndex((link) => link.getBoundingClientRect().top > 80),
  );
}
