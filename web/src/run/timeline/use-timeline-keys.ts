import { useEffect, useRef } from "react";
import { isShortcut } from "../../shared/shortcuts.ts";

interface Actions {
  onFitAll: () => void;
  onFitSelected: () => void;
  onZoom: (factor: number) => void;
  onPath: () => void;
  onQuiet: () => void;
  onFind: () => void;
}

const STEP = 1.5;

/** The keys of the timeline that work wherever the focus is, while nothing is typed. */
export function useTimelineKeys(actions: Actions): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const act = isShortcut(event) ? actionOf(event.key, latest.current) : undefined;
      if (act === undefined) return;
      event.preventDefault();
      act();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}

function actionOf(key: string, { onFitAll, onFitSelected, onZoom, onPath, onQuiet, onFind }: Actions) {
  const actions: Record<string, () => void> = {
    f: onFitAll,
    "0": onFitAll,
    z: onFitSelected,
    "+": () => onZoom(STEP),
    "=": () => onZoom(STEP),
    "-": () => onZoom(1 / STEP),
    c: onPath,
    q: onQuiet,
    s: onFind,
  };
  return Object.hasOwn(actions, key) ? actions[key] : undefined;
}
