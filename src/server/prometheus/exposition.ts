/**
 * Families as text: Prometheus' text format 0.0.4 (prometheus.io, "Exposition formats") and OpenMetrics 1.0, which differ in
 * where `_total` belongs, in how numbers are written, and in what only the second has: units, creation times and an end.
 */
import type { Family, Series } from "./family.ts";

export type Format = "text" | "openMetrics";

export const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  text: "text/plain; version=0.0.4; charset=utf-8",
  openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

/** OpenMetrics for who accepts it at least as gladly as plain text, else plain text (RFC 9110, "Accept"). */
export function formatFor(accept: string | undefined): Format {
  const ranges = (accept ?? "").split(",").map(rangeOf);
  const weightOf = (types: readonly string[]) =>
    Math.max(0, ...ranges.filter(({ type }) => types.includes(type)).map(({ weight }) => weight));
  const openMetrics = weightOf(["application/openmetrics-text"]);
  return openMetrics > 0 && openMetrics >= weightOf(["text/plain", "text/*"]) ? "openMetrics" : "text";
}

function rangeOf(text: string): { type: string; weight: number } {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith("q="));
  const isOther = type === "application/openmetrics-text" && hasOtherVersion(parameters);
  const weight = quality === undefined ? 1 : Number(quality.slice(2));
  return { type, weight: isOther || !Number.isFinite(weight) ? 0 : weight };
}

function hasOtherVersion(parameters: readonly string[]): boolean {
  const version = parameters.find((parameter) => parameter.startsWith("version="));
  return version !== undefined && !/^version="?(?:1\.0\.0|0\.0\.1)"?$/.test(version);
}

/** All of a scrape's answer. Names and labels of series must be different from each other. */
export function writeExposition(families: Iterable<Family>, format: Format): string {
  const lines: string[] = [];
  for (const family of families) writeFamily(family, { format, lines });
  if (format === "openMetrics") lines.push("# EOF");
  return `${lines.join("\n")}\n`;
}

interface Out {
  format: Format;
  lines: string[];
}

function writeFamily(family: Family, out: Out): void {
  const { type, help, unit } = family;
  const isOpen = out.format === "openMetrics";
  const name = type === "counter" && !isOpen ? `${family.name}_total` : family.name;
  const before = out.lines.length;
  out.lines.push(`# HELP ${name} ${escapedHelp(help, out.format)}`, `# TYPE ${name} ${type}`);
  if (isOpen && unit !== "" && name.endsWith(`_${unit}`)) out.lines.push(`# UNIT ${name} ${unit}`);
  const heading = out.lines.length;
  for (const series of family.series) writeSeries(family, series, out);
  if (out.lines.length === heading) out.lines.length = before;
}

/** OpenMetrics escapes quotes as well. */
function escapedHelp(help: string, format: Format): string {
  const plain = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
  return format === "openMetrics" ? plain.replaceAll('"', '\\"') : plain;
}

function writeSeries({ name, type }: Family, series: Series, out: Out): void {
  const { labels, value, createdSeconds } = series;
  const braced = labels === "" ? "" : `{${labels}}`;
  if (series.buckets !== undefined) writeHistogram({ name, braced }, series, out);
  else out.lines.push(`${type === "counter" ? `${name}_total` : name}${braced} ${numberText(value)}`);
  if (out.format === "text" || type === "gauge" || createdSeconds === undefined) return;
  out.lines.push(`${name}_created${braced} ${createdSeconds.toFixed(3)}`);
}

function writeHistogram(
  { name, braced }: { name: string; braced: string },
  { labels, value, buckets }: Series,
  { lines, format }: Out,
): void {
  const { bounds = [], counts = [] } = buckets ?? {};
  const start = `${name}_bucket{${labels === "" ? "" : `${labels},`}le="`;
  let below = 0;
  for (let index = 0; index < bounds.length; index++) {
    below += counts[index] ?? 0;
    lines.push(`${start}${boundText(bounds[index] ?? 0, format)}"} ${below}`);
  }
  const count = below + (counts[bounds.length] ?? 0);
  lines.push(
    `${start}+Inf"} ${count}`,
    `${name}_sum${braced} ${numberText(value)}`,
    `${name}_count${braced} ${count}`,
  );
}

export function numberText(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+Inf" : "-Inf";
  return String(value);
}

/** A bound is part of a series' name, so OpenMetrics wants one way to write it: `1.0` ("Considerations: Canonical Numbers"). */
function boundText(bound: number, format: Format): string {
  return format === "openMetrics" && Number.isInteger(bound) && Math.abs(bound) < 1e6
    ? `${bound}.0`
    : numberText(bound);
}
