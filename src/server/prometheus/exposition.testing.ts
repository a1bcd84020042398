/**
 * Reads what Prometheus reads, as strictly as the formats are written down, and throws at the first line that is wrong: Prometheus'
 * text format 0.0.4 ("Exposition formats") and OpenMetrics 1.0 (its ABNF and the rules in its text).
 */
import type { Format } from "./exposition.ts";

export interface ParsedFamily {
  type: string;
  help: string;
  unit?: string;
  samples: Sample[];
}

export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

const SUFFIXES: Readonly<Record<Format, Record<string, string[]>>> = {
  text: { counter: [""], gauge: [""], histogram: ["_bucket", "_sum", "_count"] },
  openMetrics: {
    counter: ["_total", "_created"],
    gauge: [""],
    histogram: ["_bucket", "_sum", "_count", "_created"],
  },
};
const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const NUMBER = /^(?:NaN|[+-]Inf|[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i;

export function parseExposition(text: string, format: Format): Map<string, ParsedFamily> {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const lines = text.slice(0, -1).split("\n");
  if (format === "openMetrics" && lines.pop() !== "# EOF") throw new Error("# EOF is missing");
  const reader = new Reader(format);
  for (const line of lines) reader.read(line);
  return reader.finish();
}

class Reader {
  readonly #format: Format;
  readonly #families = new Map<string, ParsedFamily>();
  readonly #seen = new Set<string>();
  #current: { name: string; family: ParsedFamily } | undefined;

  constructor(format: Format) {
    this.#format = format;
  }

  read(line: string): void {
    const comment = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/s.exec(line);
    if (comment !== null) this.#describe(comment[1] ?? "", comment[2] ?? "", comment[3] ?? "");
    else this.#sample(line);
  }

  finish(): Map<string, ParsedFamily> {
    for (const [name, family] of this.#families) {
      check(family.type !== "", name, "has no type");
      if (family.type === "histogram") checkHistogram(name, family.samples);
      if (family.type === "counter")
        for (const { value } of family.samples) check(value >= 0, name, "counts below zero");
    }
    return this.#families;
  }

  #describe(what: string, name: string, rest: string): void {
    check(NAME.test(name), name, "is no name");
    if (this.#current?.name !== name) {
      check(!this.#families.has(name), name, "comes a second time");
      this.#current = { name, family: { type: "", help: "", samples: [] } };
      this.#families.set(name, this.#current.family);
    }
    const { family } = this.#current;
    check(family.samples.length === 0, name, "is described after its samples");
    if (what === "HELP")
      family.help = unescaped(rest, this.#format === "openMetrics" ? /\\[\\n"]/g : /\\[\\n]/g);
    else if (what === "TYPE") family.type = rest;
    else {
      check(this.#format === "openMetrics", name, "has a unit, which the format does not know");
      check(name.endsWith(`_${rest}`), name, `does not end with its unit ${rest}`);
      family.unit = rest;
    }
    if (what === "TYPE") check(rest in SUFFIXES[this.#format], name, `has the type ${rest}`);
  }

  #sample(line: string): void {
    const [, name = "", braces, value = ""] = /^([^{\s]+)(\{.*\})? (\S+)$/s.exec(line) ?? [];
    check(NAME.test(name), line, "is no sample");
    check(NUMBER.test(value), line, "has no number");
    check(this.#current !== undefined, line, "is of nothing");
    const { name: of = "", family } = this.#current ?? {};
    const suffixes = SUFFIXES[this.#format][family?.type ?? ""] ?? [];
    check(
      suffixes.some((suffix) => `${of}${suffix}` === name),
      line,
      `does not belong to ${of}`,
    );
    const labels = braces === undefined ? {} : labelsIn(braces.slice(1, -1), line);
    const key = `${name}${JSON.stringify(Object.entries(labels).sort())}`;
    check(!this.#seen.has(key), line, "is there twice");
    this.#seen.add(key);
    family?.samples.push({ name, labels, value: numberOf(value) });
  }
}

function labelsIn(text: string, line: string): Record<string, string> {
  const labels: Record<string, string> = {};
  const pattern = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\n"])*)"(,|$)/y;
  while (pattern.lastIndex < text.length) {
    const [, name = "", value = "", comma] = pattern.exec(text) ?? [];
    check(name !== "", line, "has labels that are none");
    check(!(name in labels), line, `has ${name} twice`);
    check(!name.startsWith("__"), line, `has the reserved label ${name}`);
    check(comma === "" || pattern.lastIndex < text.length, line, "ends with a comma");
    labels[name] = unescaped(value, /\\[\\n"]/g);
  }
  return labels;
}

function unescaped(text: string, escapes: RegExp): string {
  return text.replace(escapes, (found) => (found === "\\n" ? "\n" : found.slice(1)));
}

function numberOf(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  return text === "-Inf" ? Number.NEGATIVE_INFINITY : Number(text);
}

/** Buckets in order of their bounds, never less than the one before, the last `+Inf` and as many as are counted. */
function checkHistogram(name: string, samples: readonly Sample[]): void {
  const seriesOf = ({ labels: { le: _, ...rest } }: Sample) => JSON.stringify(rest);
  const series = new Set(samples.map(seriesOf));
  for (const one of series) {
    const own = samples.filter((sample) => seriesOf(sample) === one);
    const buckets = own.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => numberOf(labels["le"] ?? "none"));
    const isAscending = bounds.every((bound, index) => index === 0 || bound > (bounds[index - 1] ?? bound));
    check(isAscending && bounds.at(-1) === Number.POSITIVE_INFINITY, name, `has the bounds ${bounds}`);
    const counts = buckets.map(({ value }) => value);
    check(
      counts.every((count, index) => count >= (counts[index - 1] ?? 0)),
      name,
      `has the counts ${counts}`,
    );
    const count = own.find((sample) => sample.name === `${name}_count`)?.value;
    check(count === counts.at(-1), name, `counts ${count} and has ${counts.at(-1)}`);
    check(
      own.some((sample) => sample.name === `${name}_sum`),
      name,
      "has no sum",
    );
  }
}

function check(isRight: boolean, where: string, what: string): void {
  if (!isRight) throw new Error(`${where} ${what}`);
}
