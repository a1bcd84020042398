import { useSyncExternalStore } from "react";

/** What is drawn. */
export type Theme = "light" | "dark";

/** What was asked for: one of the two, or what the system says. */
export type ThemeChoice = Theme | "system";

const KEY = "throughline.theme";
const systemIsDark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

let choice = readChoice();

/** Draws the page in the chosen theme from now on. Call once, before the first render. */
export function startTheme(): void {
  systemIsDark.addEventListener("change", apply);
  apply();
}

/** Keeps the choice in this browser; `system` forgets it. */
export function chooseTheme(next: ThemeChoice): void {
  choice = next;
  try {
    if (next === "system") localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, next);
  } catch {
    // A browser that keeps nothing still changes the theme of this page.
  }
  apply();
}

/** The theme that is drawn. Components that paint on canvas render again when it changes. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme);
}

/** What was asked for. */
export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore(subscribe, () => choice);
}

/** The value of a variable of `theme.css` in the theme that is drawn, for canvas: `themeColour("--success")`. */
export function themeColour(variable: `--${string}`): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}

function currentTheme(): Theme {
  if (choice !== "system") return choice;
  return systemIsDark.matches ? "dark" : "light";
}

function apply(): void {
  document.documentElement.dataset["theme"] = currentTheme();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function readChoice(): ThemeChoice {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}
