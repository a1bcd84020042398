import { type Sql, sql } from "../sql.ts";
import type { Query } from "../trace-store.ts";
import { type RunFilters, runCondition } from "./filters.ts";

export const VALUE_FIELDS = [
  "pipeline",
  "namespace",
  "branch",
  "repository",
  "application",
  "component",
] as const;
export type ValueField = (typeof VALUE_FIELDS)[number];

const COLUMNS: Readonly<Record<ValueField, Sql>> = {
  pipeline: sql`Pipeline`,
  namespace: sql`Namespace`,
  branch: sql`Branch`,
  repository: sql`Repository`,
  application: sql`Application`,
  component: sql`Component`,
};

export interface ValuesQuestion {
  field: ValueField;
  /** Part of the value, in any case. */
  containing?: string;
  filters: RunFilters;
  limit: number;
}

/** What runs that match have in a field, most frequent first. */
export function fieldValues(question: ValuesQuestion): Query<{ value: string; runs: number }> {
  const column = COLUMNS[question.field];
  const { containing } = question;
  const contains =
    containing === undefined ? sql`1` : sql`positionCaseInsensitiveUTF8(${column}, ${containing}) > 0`;
  return {
    purpose: "analysis",
    text: ({ runs }) => sql`SELECT ${column} AS Value, count() AS Runs FROM ${runs}
      WHERE ${runCondition(question.filters)} AND Value != '' AND ${contains}
      GROUP BY Value ORDER BY Runs DESC, Value LIMIT ${question.limit}`,
    row: (fields) => ({ value: fields.text("Value"), runs: fields.number("Runs") }),
  };
}
