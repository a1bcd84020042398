/** Spans around pieces of a task. */
import { context, type Span, type SpanContext, type SpanOptions, trace } from "@opentelemetry/api";
import { failureOf, markFailed } from "./failure.ts";

/** Name of the instrumentation scope of everything this package records. */
export const SCOPE = "@throughline/task";

/** Options of a span, as the OpenTelemetry API has them, and another parent than the active span. */
export interface WithSpanOptions extends SpanOptions {
  /** For work that belongs under the span of an earlier task: see `loadTraceContext`. */
  parent?: SpanContext | undefined;
}

/**
 * Runs the function inside a span, and answers what it answers: a promise when it is asynchronous. What it throws is
 * recorded, and thrown on. Spans begun inside are children of this one.
 *
 * @example await withSpan("test", { attributes: { "test.suite": "unit" } }, async (span) => { … });
 */
export function withSpan<T>(name: string, fn: (span: Span) => T): T;
export function withSpan<T>(name: string, options: WithSpanOptions, fn: (span: Span) => T): T;
export function withSpan<T>(
  name: string,
  ...rest: [(span: Span) => T] | [WithSpanOptions, (span: Span) => T]
): T {
  const [{ parent, ...options }, fn]: [WithSpanOptions, (span: Span) => T] =
    rest.length === 1 ? [{}, rest[0]] : rest;
  const active = context.active();
  const under = parent === undefined ? active : trace.setSpanContext(active, parent);
  const span = trace.getTracer(SCOPE).startSpan(name, options, under);
  return ending(span, () => context.with(trace.setSpan(under, span), () => fn(span)));
}

function ending<T>(span: Span, fn: () => T): T {
  const fail = (error: unknown): never => {
    markFailed(span, failureOf(error));
    span.end();
    throw error;
  };
  let result: T;
  try {
    result = fn();
  } catch (error) {
    return fail(error);
  }
  if (!(result instanceof Promise)) {
    span.end();
    return result;
  }
  const settled = result.then((value: unknown) => {
    span.end();
    return value;
  }, fail);
  return settled as T;
}
