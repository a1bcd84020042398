import { useLayoutEffect, useRef } from "react";
import { navigate } from "wouter/use-browser-location";
import { isShortcut } from "../shared/shortcuts.ts";

/** Keys of every page and of single ones, for the help. Those of pages are handled where they work. */
export const SHORTCUTS = [
  {
    place: "Everywhere",
    keys: [
      { keys: "/", does: "search" },
      { keys: "?", does: "this help" },
      { keys: "g r", does: "go to Runs" },
      { keys: "g p", does: "go to Pipelines" },
      { keys: "g c", does: "go to Compare" },
    ],
  },
  {
    place: "Runs",
    keys: [
      { keys: "j k", does: "next and previous run; arrows too" },
      { keys: "Enter", does: "open the run" },
      { keys: "f", does: "filter" },
    ],
  },
  {
    place: "A run's timeline",
    keys: [
      { keys: "↑ ↓", does: "walk the spans" },
      { keys: "→ ←", does: "open and fold" },
      { keys: "s", does: "find a span" },
      { keys: "+ -", does: "zoom" },
      { keys: "z", does: "fit the selected span" },
      { keys: "f", does: "show all" },
      { keys: "c", does: "critical path on and off" },
      { keys: "q", does: "what reconcilers did, on and off" },
    ],
  },
] as const;

const GOALS: Record<string, string> = { r: "/runs", p: "/pipelines", c: "/compare" };

/** The keys that work on every page. Not while text is typed, and not with modifiers, which belong to the browser. */
export function useShortcuts({ onHelp }: { onHelp: () => void }): void {
  const help = useRef(onHelp);
  help.current = onHelp;
  // As soon as the page is seen, its keys work.
  useLayoutEffect(() => {
    let previous = "";
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isShortcut(event)) return;
      const goal = previous === "g" ? GOALS[event.key] : undefined;
      previous = event.key;
      if (goal !== undefined) navigate(goal);
      else if (event.key === "?") help.current();
      else if (event.key === "/") document.getElementById("search")?.focus();
      else return;
      event.preventDefault();
    };
    // Before the keys of pages: the second key of `g c` means something else on some.
    addEventListener("keydown", onKeyDown, { capture: true });
    return () => removeEventListener("keydown", onKeyDown, { capture: true });
  }, []);
}
