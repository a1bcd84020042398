import type { Sql } from "../sql.ts";

/** A table as it is written in SQL and as people read it. */
export interface TableName {
  sql: Sql;
  /** `database.table`. */
  text: string;
  /** Without the database. */
  name: string;
}

/** Any name can be one in ClickHouse, once it is quoted (SQL reference, "Syntax", "Identifiers"). */
export function columnNamed(name: string): Sql {
  return { text: `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\`` };
}

/** A table in a database. */
export function tableNamed(database: string, table: string): TableName {
  return {
    sql: { text: `${columnNamed(database).text}.${columnNamed(table).text}` },
    text: `${database}.${table}`,
    name: table,
  };
}
