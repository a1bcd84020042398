/**
 * Attribute values as text, the way the OpenTelemetry Collector's ClickHouse exporter writes them (pdata `AsString`):
 * numbers in decimal, booleans in words, bytes in base64, lists and nested values as JSON, nothing as the empty text.
 */
import type { ReceivedAttributes, ReceivedValue } from "../otlp/index.ts";

export function attributeText(value: ReceivedValue): string {
  if (typeof value === "string") return value;
  if (typeof value === "bigint" || typeof value === "boolean" || typeof value === "number")
    return String(value);
  if (value === null) return "";
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return jsonText(value);
}

function jsonText(value: ReceivedValue): string {
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (value instanceof Uint8Array) return `"${Buffer.from(value).toString("base64")}"`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(jsonText).join(",")}]`;
  return `{${Object.entries(value)
    .map(([key, entry]) => `${JSON.stringify(key)}:${jsonText(entry)}`)
    .join(",")}}`;
}

function isList(value: readonly ReceivedValue[] | ReceivedAttributes): value is readonly ReceivedValue[] {
  return Array.isArray(value);
}
