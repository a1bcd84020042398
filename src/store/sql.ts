/**
 * SQL text that can only be put together safely: what a template is given is either SQL already or becomes a literal.
 * The engine has no bound parameters that do not block each other, so literals are written here, in one place.
 */

/** A piece of SQL. Made by {@link sql} only. */
export interface Sql {
  readonly text: string;
}

export type SqlValue = Sql | string | number | bigint | boolean | readonly string[];

/**
 * @example
 * sql`SELECT count() FROM ${tables.runs} WHERE Pipeline = ${name} AND Duration > ${600_000_000_000n}`
 */
export function sql(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Sql {
  const pieces = strings.map((text, index) => {
    const value = values[index];
    return value === undefined ? text : text + textOf(value);
  });
  return { text: pieces.join("") };
}

/** Joins conditions or columns; of none, the `empty` piece. */
export function joinSql(parts: readonly Sql[], separator: " AND " | " OR " | ", ", empty: Sql = sql``): Sql {
  return parts.length === 0 ? empty : { text: parts.map(({ text }) => text).join(separator) };
}

function textOf(value: SqlValue): string {
  if (typeof value === "string") return textLiteral(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "boolean") return value ? "1" : "0";
  if (typeof value === "number") return numberLiteral(value);
  if ("text" in value) return value.text;
  return `[${value.map(textLiteral).join(", ")}]`;
}

function numberLiteral(value: number): string {
  if (!Number.isFinite(value)) throw new Error(`${value} cannot be written in SQL`);
  return String(value);
}

/** ClickHouse reads backslash escapes in quotes (SQL reference, "Syntax", "String"). */
function textLiteral(value: string): string {
  const escaped = value.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\0", "\\0");
  return `'${escaped}'`;
}
