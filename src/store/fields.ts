/** Rows of an answer in the engine's JSONEachRow format, with 64-bit integers quoted. */
import { type Fields, type Query, StoreError } from "./trace-store.ts";

/** Reads the answer to a question. */
export function readAnswer<Row>(text: string, { row, compare }: Query<Row>): Row[] {
  const rows = readRows(text, row);
  return compare === undefined ? rows : rows.sort(compare);
}

/** Reads rows, one JSON object a line. */
export function readRows<Row>(text: string, row: (fields: Fields) => Row): Row[] {
  const rows: Row[] = [];
  for (let start = 0; start < text.length; ) {
    const found = text.indexOf("\n", start);
    const end = found === -1 ? text.length : found;
    if (end > start) rows.push(row(fieldsOf(JSON.parse(text.slice(start, end)))));
    start = end + 1;
  }
  return rows;
}

function fieldsOf(columns: Record<string, unknown>): Fields {
  return {
    text: (column) => text(columns[column], column),
    number: (column) => number(columns[column], column),
    integer: (column) => BigInt(text(String(columns[column] ?? ""), column)),
    texts: (column) => list(columns[column], column).map((value) => text(value, column)),
    numbers: (column) => list(columns[column], column).map((value) => number(value, column)),
    map: (column) => map(columns[column], column),
    maps: (column) => list(columns[column], column).map((value) => map(value, column)),
  };
}

function text(value: unknown, column: string): string {
  if (typeof value === "string") return value;
  throw unexpected(column, "a text", value);
}

/** 64-bit integers come quoted; those that are counts fit into a number. */
function number(value: unknown, column: string): number {
  if (typeof value === "number") return value;
  // JSON has no words for infinity and for what is no number: the engine writes null.
  if (value === null) return Number.NaN;
  if (typeof value === "string" && value !== "" && Number.isFinite(Number(value))) return Number(value);
  throw unexpected(column, "a number", value);
}

function list(value: unknown, column: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw unexpected(column, "a list", value);
}

function map(value: unknown, column: string): Record<string, string> {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return value as Record<string, string>;
  throw unexpected(column, "a map", value);
}

function unexpected(column: string, wanted: string, value: unknown): StoreError {
  return new StoreError("fault", `column ${column} of an answer is not ${wanted} but ${typeof value}`);
}
