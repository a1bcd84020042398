/**
 * Names of OTLP in the words of Prometheus (OpenTelemetry specification, "Prometheus and OpenMetrics Compatibility", "OTLP
 * Metric points to Prometheus").
 */

import type { Family } from "./family.ts";

/** A longer name is cut: names come from anyone. */
const MOST_CHARACTERS = 200;

/** UCUM's units in words. */
const UNITS: Readonly<Record<string, string>> = {
  d: "days",
  h: "hours",
  min: "minutes",
  s: "seconds",
  ms: "milliseconds",
  us: "microseconds",
  ns: "nanoseconds",
  By: "bytes",
  KiBy: "kibibytes",
  MiBy: "mebibytes",
  GiBy: "gibibytes",
  TiBy: "tibibytes",
  KBy: "kilobytes",
  MBy: "megabytes",
  GBy: "gigabytes",
  TBy: "terabytes",
  m: "meters",
  V: "volts",
  A: "amperes",
  J: "joules",
  W: "watts",
  g: "grams",
  Cel: "celsius",
  Hz: "hertz",
  "%": "percent",
};

const PER: Readonly<Record<string, string>> = {
  s: "second",
  m: "minute",
  min: "minute",
  h: "hour",
  d: "day",
};

export interface MetricName {
  name: string;
  /** In words; empty without one. */
  unit: string;
}

/** The name of a family, with its unit at the end. A unit of `1` is a share, which it is of gauges only. */
export function metricName(name: string, unit: string, type: Family["type"]): MetricName {
  const words = unit === "1" && type === "gauge" ? "ratio" : unitWords(unit);
  const whole = plainName(name.slice(0, MOST_CHARACTERS));
  const plain = (type === "counter" ? whole.replace(/_total$/, "") : whole) || "_";
  const started = /^\d/.test(plain) ? `_${plain}` : plain;
  const isThere = words === "" || started === words || started.endsWith(`_${words}`);
  return { name: isThere ? started : `${started}_${words}`, unit: words };
}

/** `By/s` is `bytes_per_second`; what is in braces says nothing of the unit. */
function unitWords(unit: string): string {
  const [main = "", per] = unit
    .slice(0, MOST_CHARACTERS)
    .replace(/\{[^}]*\}/g, "")
    .split("/", 2)
    .map((part) => part.trim());
  const words = main === "1" ? "" : (UNITS[main] ?? plainName(main));
  if (per === undefined || per === "") return trimmed(words);
  return trimmed(`${words}_per_${PER[per] ?? plainName(per)}`);
}

function trimmed(words: string): string {
  return words.replace(/^_+|_+$/g, "");
}

function plainName(text: string): string {
  return text.replace(/[^a-zA-Z0-9_]+/g, "_").replace(/__+/g, "_");
}

/** A name of a label. `le` and `quantile` have a meaning of their own in Prometheus. */
export function labelName(key: string): string {
  const plain = plainName(key.slice(0, MOST_CHARACTERS)) || "_";
  if (/^\d/.test(plain)) return `key_${plain}`;
  return plain === "le" || plain === "quantile" ? `exported_${plain}` : plain;
}
