/** A guard (docs/pipelines.md, "Guard Task execution using when expressions"): `cel`, or the other three. */
export interface WhenExpression {
  input?: string;
  operator?: string;
  values?: readonly string[];
  cel?: string;
}
