/** By what a side of a comparison can be chosen. */
export const SIDE_KINDS = ["branch", "pipeline", "period", "run"] as const;

export type SideKind = (typeof SIDE_KINDS)[number];

/** One side as it is being chosen: `value` may still be empty. */
export interface SideChoice {
  kind: SideKind;
  value: string;
}

/** A period as two days, `2026-11-01`; either may still be empty. */
export interface Days {
  since: string;
  until: string;
}

/** Reads a side as addresses and the API have it: `branch:main`. What is not understood is an empty branch. */
export function readSide(text: string | null): SideChoice {
  const colon = text?.indexOf(":") ?? -1;
  const kind = SIDE_KINDS.find((known) => known === text?.slice(0, colon));
  return kind === undefined || text == null
    ? { kind: "branch", value: "" }
    : { kind, value: text.slice(colon + 1) };
}

/** Writes a side for addresses and the API. */
export function writeSide({ kind, value }: SideChoice): string {
  return `${kind}:${value}`;
}

/** Whether both sides say enough to be compared: something is chosen, a period has both ends, a run is held against a run. */
export function isComparable(a: SideChoice, b: SideChoice): boolean {
  return isChosen(a) && isChosen(b) && (a.kind === "run") === (b.kind === "run");
}

function isChosen({ kind, value }: SideChoice): boolean {
  return kind === "period" ? /^[^.]\S*\.\.\S+$/.test(value) : value !== "";
}

/** Splits the value of a period: `2026-11-01..2026-11-08`. */
export function readDays(value: string): Days {
  const [since = "", until = ""] = value.split("..");
  return { since, until };
}

/** Whether the value of a period is days, whole or not yet, and nothing else the API takes (`14d..7d`). */
export function isDays(value: string): boolean {
  return /^(\d{4}-\d\d-\d\d)?(\.\.(\d{4}-\d\d-\d\d)?)?$/.test(value);
}

/** The value of a period from its two days; empty when both are. */
export function writeDays({ since, until }: Days): string {
  return since === "" && until === "" ? "" : `${since}..${until}`;
}

/** A side in words, from its label: `main`, `2026-11-01 to 2026-11-08`. */
export function sideWords(label: string): string {
  const { kind, value } = readSide(label);
  if (value === "") return label;
  if (kind !== "period") return value;
  const { since, until } = readDays(value);
  return `${since} to ${until}`;
}

/** Comparisons to begin with: the two busiest branches, this week against the last. `today` in milliseconds. */
export function suggestions(
  branches: readonly string[],
  today: number,
): { words: string; a: string; b: string }[] {
  const day = (back: number) => new Date(today - back * 86_400_000).toISOString().slice(0, 10);
  const weeks = {
    words: "The last seven days against the seven before",
    a: `period:${day(13)}..${day(6)}`,
    b: `period:${day(6)}..${day(-1)}`,
  };
  const [first, second] = branches;
  if (first === undefined || second === undefined) return [weeks];
  return [{ words: `${second} against ${first}`, a: `branch:${first}`, b: `branch:${second}` }, weeks];
}
