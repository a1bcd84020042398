import { useMemo } from "react";
import { themeColour, useTheme } from "../../shared/theme.ts";
import { SPAN_KINDS, type SpanKind } from "../model/span-kind.ts";

/** Variable of `theme.css` for each kind of span. */
export const KIND_VARIABLES: Readonly<Record<SpanKind, `--${string}`>> = {
  quiet: "--span-reconcile",
  reconcile: "--span-reconcile",
  run: "--span-run",
  task: "--span-task",
  attempt: "--span-attempt",
  wait: "--wait",
  schedule: "--span-schedule",
  pull: "--span-pull",
  init: "--span-init",
  step: "--span-step",
  inner: "--span-own",
  delivery: "--span-delivery",
  skipped: "--skip",
};

/** The theme's colours as canvas takes them, and the typeface. */
export interface Palette {
  /** By number of the kind in `SPAN_KINDS`. */
  kinds: string[];
  failure: string;
  failureFill: string;
  running: string;
  criticalPath: string;
  surface: string;
  line: string;
  ink: string;
  inkSoft: string;
  font: string;
}

/** Reads the theme once, and again when it changes. */
export function usePalette(): Palette {
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the variables have other values in another theme
  return useMemo(readPalette, [theme]);
}

function readPalette(): Palette {
  return {
    kinds: SPAN_KINDS.map((kind) => themeColour(KIND_VARIABLES[kind])),
    failure: themeColour("--failure"),
    failureFill: themeColour("--failure-fill"),
    running: themeColour("--running"),
    criticalPath: themeColour("--critical-path"),
    surface: themeColour("--surface"),
    line: themeColour("--line"),
    ink: themeColour("--ink"),
    inkSoft: themeColour("--ink-soft"),
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  };
}
