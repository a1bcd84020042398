import { type Sql, sql } from "../sql.ts";
import type { Fields } from "../trace-store.ts";

/** In nanoseconds, interpolated between the two values next to it; zero where there are no values. */
export interface Percentiles {
  p50Ns: number;
  p95Ns: number;
}

/** Of the rows that meet a condition: a column for {@link readPercentiles}. */
export function percentiles(value: Sql, condition: Sql): Sql {
  return sql`arrayMap(each -> ifNotFinite(each, 0), quantilesExactInclusiveIf(0.5, 0.95)(${value}, ${condition}))`;
}

/** The median of the rows that meet a condition. */
export function median(value: Sql, condition: Sql): Sql {
  return sql`ifNotFinite(quantileExactInclusiveIf(0.5)(${value}, ${condition}), 0)`;
}

export function readPercentiles(fields: Fields, column: string): Percentiles {
  const [p50Ns = 0, p95Ns = 0] = fields.numbers(column);
  return { p50Ns, p95Ns };
}
