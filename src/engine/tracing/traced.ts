/**
 * Traced by construction. What a reconciler does stands in records of functions, and the only way to make such a record is
 * {@link traced}, which puts a span around each function in it. So a function without a span cannot exist, and
 * nothing in a function's body has to think of its span.
 *
 *     export const running = traced({
 *       async runNextSchedulableTask(pass: Pass) { … await running.createTaskRuns(pass, tasks) … },
 *       async createTaskRuns(pass: Pass, tasks: readonly ResolvedTask[]) { … },
 *     });
 *
 * The first argument carries the span. Within the function it is the function's own, so what the function calls hangs below it.
 */
import type { PassSpan } from "./pass-span.ts";

export interface HasSpan {
  readonly span: PassSpan;
}

type PassFunction = (pass: never, ...rest: never[]) => unknown;

/** Every function has to take something with a span first. */
type AllTakeSpans<F> = {
  [Name in keyof F]: F[Name] extends (pass: infer P, ...rest: never[]) => unknown
    ? P extends HasSpan
      ? unknown
      : never
    : never;
};

/** Where {@link traced} keeps the names of the spans of a record. */
export const SPAN_NAMES = Symbol("span names");

/** The span name of each function of a record, by the function's name. */
export interface Traced {
  readonly [SPAN_NAMES]: Readonly<Record<string, string>>;
}

/**
 * The same functions, each with a span of its name around it, or of the name given for it. An error goes through and is
 * recorded with status Error.
 */
export function traced<F extends Record<string, PassFunction>>(
  functions: F & AllTakeSpans<F>,
  names: Partial<Record<keyof F, string>> = {},
): Readonly<F> & Traced {
  const spanNames = Object.fromEntries(Object.keys(functions).map((key) => [key, names[key] ?? key]));
  const wrapped = Object.fromEntries(
    Object.entries<PassFunction>(functions).map(([key, work]) => [
      key,
      withSpan(spanNames[key] ?? key, work),
    ]),
  );
  return Object.assign(wrapped as Record<string, unknown> as F, { [SPAN_NAMES]: spanNames });
}

function withSpan(name: string, work: PassFunction): (pass: HasSpan, ...rest: never[]) => unknown {
  return (pass, ...rest) => {
    const span = pass.span.child(name);
    return endWith(span, () => work({ ...pass, span } as never, ...rest));
  };
}

/** Runs it, and ends the span when it is done, whichever way. */
export function endWith<T>(span: PassSpan, work: () => T): T {
  try {
    const answer = work();
    if (answer instanceof Promise) return endLater(span, answer) as T;
    span.end();
    return answer;
  } catch (fault) {
    span.end(fault);
    throw fault;
  }
}

async function endLater(span: PassSpan, answer: Promise<unknown>): Promise<unknown> {
  try {
    const value = await answer;
    span.end();
    return value;
  } catch (fault) {
    span.end(fault);
    throw fault;
  }
}
