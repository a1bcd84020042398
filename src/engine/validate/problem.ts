/**
 * What is wrong with which fields, in the words and the shape of knative's `FieldError`, which Tekton's users know:
 *
 *     invalid value: 3 should be >= 0: spec.retries
 *     missing field(s): spec.steps
 */
export interface FieldProblem {
  message: string;
  /** Of all fields concerned, e.g. `spec.tasks[0].params[name].value`; none where the message has it. */
  paths: readonly string[];
  /** More lines, below. */
  details?: string;
}

/** What checks answer: everything that is wrong; nothing when all is well. */
export type Problems = readonly FieldProblem[];

/** A problem in words of its own. */
export function problem(message: string, ...paths: string[]): FieldProblem {
  return { message, paths };
}

/** A field that has to be there. */
export function missing(path: string): FieldProblem {
  return problem("missing field(s)", path);
}

/** Fields of which exactly one has to be there, and none is. */
export function expectedOneGotNone(...paths: string[]): FieldProblem {
  return problem("expected exactly one, got neither", ...paths);
}

/** Fields or values of which there can be one, and are several. */
export function expectedOneGotBoth(...paths: string[]): FieldProblem {
  return problem("expected exactly one, got both", ...paths);
}

/** A value that cannot be, or the reason why. */
export function invalidValue(value: unknown, path: string, details?: string): FieldProblem {
  return { message: `invalid value: ${value}`, paths: [path], ...(details !== undefined && { details }) };
}

export interface OutOfBounds {
  value: number;
  lowest: number;
  highest: number;
  path: string;
}

/** A number that is too small or too large. */
export function outOfBounds({ value, lowest, highest, path }: OutOfBounds): FieldProblem {
  return problem(`expected ${lowest} <= ${value} <= ${highest}`, path);
}

/** A name that breaks the rule in the details. */
export function invalidKeyName(key: string, path: string, details: string): FieldProblem {
  return { message: `invalid key name ${quote(key)}`, paths: [path], details };
}

/** A text in double quotes, as Go's `%q` has it for all that is printable. */
export function quote(text: string): string {
  return JSON.stringify(text);
}

/** A list as Go prints it: `[a b]`. */
export function goList(items: readonly string[]): string {
  return `[${items.join(" ")}]`;
}

/**
 * All problems as one text: the same message about several fields stands once, sorted, one below the other. Undefined
 * when there are none.
 */
export function formatProblems(problems: Problems): string | undefined {
  if (problems.length === 0) return undefined;
  return mergeSame(problems)
    .sort((a, b) => compare(a.message, b.message) || compare(a.details ?? "", b.details ?? ""))
    .map(formatProblem)
    .join("\n");
}

function mergeSame(problems: Problems): FieldProblem[] {
  const merged = new Map<string, FieldProblem>();
  for (const each of problems) {
    const key = JSON.stringify([each.message, each.details]);
    const paths = new Set([...(merged.get(key)?.paths ?? []), ...each.paths]);
    merged.set(key, { ...each, paths: [...paths].sort(compare) });
  }
  return [...merged.values()];
}

function formatProblem({ message, paths, details }: FieldProblem): string {
  const line = paths.length === 0 ? message : `${message}: ${paths.join(", ")}`;
  return details === undefined ? line : `${line}\n${details}`;
}

/** By code unit, as Go sorts. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
