import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const css = readFileSync(join(import.meta.dirname, "theme.css"), "utf8");

const THEMES = { light: variables(/:root \{([^}]*)\}/), dark: variables(/data-theme="dark"\] \{([^}]*)\}/) };
const BEHIND = ["paper", "surface", "hover", "selected"];
const WRITTEN = [
  ...["ink", "ink-soft", "success", "failure", "error", "timeout", "cancellation", "running"],
  ...["longer", "shorter"],
];

describe.each(["light", "dark"] as const)("the %s theme", (theme) => {
  const colour = (name: string) => THEMES[theme].get(name) ?? "";

  it("has every colour the other has", () => {
    expect([...THEMES[theme].keys()]).toEqual([...THEMES.light.keys()]);
  });

  it.each(WRITTEN)("can be read in %s (WCAG AA)", (name) => {
    for (const ground of BEHIND)
      expect(contrast(colour(name), colour(ground)), ground).toBeGreaterThanOrEqual(4.5);
  });

  it("can be read in its faintest ink, which is not used on what is selected", () => {
    for (const ground of ["paper", "surface", "hover"]) {
      expect(contrast(colour("ink-faint"), colour(ground)), ground).toBeGreaterThanOrEqual(4.5);
    }
  });

  it("shows where controls and areas end (WCAG AA, non-text)", () => {
    for (const name of ["line-strong", "focus", "bar"]) {
      expect(contrast(colour(name), colour("paper")), name).toBeGreaterThanOrEqual(3);
    }
  });
});

function variables(block: RegExp): Map<string, string> {
  const text = block.exec(css)?.[1] ?? "";
  return new Map(
    [...text.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = "", value = ""]) => [name, value]),
  );
}

/** The contrast ratio of WCAG 2.2, from 1 to 21. */
function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return ((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
