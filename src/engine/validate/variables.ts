/**
 * References to variables within texts: `$(params.name)`, `$(params["name"])`, `$(params['name'])`, with or without
 * `[*]` (docs/variables.md). The checks answer what is wrong with the references of one text.
 */
import { type FieldProblem, type Problems, problem, quote } from "./problem.ts";

/** A text of a definition and the path it stands at. */
export interface TextField {
  text: string;
  path: string;
}

interface Reference {
  /** What stands between `$(prefix.` and `)`. */
  variable: string;
  isDotted: boolean;
  /** All of it. */
  source: string;
}

/** Of bounded length: a text full of openings without an end must not take the square of its size. */
const VARIABLE = ".{0,512}?(?:\\[\\*\\])?";

function referencesIn(text: string, prefix: string): Reference[] {
  if (!text.includes(`$(${prefix}`)) return [];
  const spellings = `\\.(${VARIABLE})|\\["(${VARIABLE})"\\]|\\['(${VARIABLE})'\\]`;
  const pattern = new RegExp(`\\$\\(${escapePattern(prefix)}(?:${spellings})\\)`, "g");
  return [...text.matchAll(pattern)].map(([source, dotted, double, single]) => ({
    source,
    isDotted: dotted !== undefined,
    variable: dotted ?? double ?? single ?? "",
  }));
}

function escapePattern(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** A dotted reference has a name and at most a key: `$(params.object.key)`. */
function hasTooManyParts({ isDotted, variable }: Reference): boolean {
  return isDotted && variable.split(".").length > 2;
}

function nameOf({ isDotted, variable }: Reference): string {
  return isDotted ? (variable.split(".")[0] ?? "") : variable;
}

interface Check extends TextField {
  prefix: string;
}

/** Every reference of the prefix is to one of these. */
export function checkKnown(check: Check & { known: ReadonlySet<string> }): Problems {
  const { text, path, prefix, known } = check;
  const references = referencesIn(text, prefix);
  if (references.some(hasTooManyParts)) return [tooManyParts(check)];
  const isKnown = references.every((each) => known.has(nameOf(each).replaceAll(/\[\d*\*?\]/g, "")));
  return isKnown ? [] : [problem(`non-existent variable in ${quote(text)}`, path)];
}

/** None of these stands as a whole where only a text can be; single elements may. */
export function checkNoArrays(check: Check & { arrays: ReadonlySet<string> }): Problems {
  const { text, path, prefix, arrays } = check;
  const references = referencesIn(text, prefix);
  if (references.some(hasTooManyParts)) return [tooManyParts(check)];
  const isWhole = references.some((each) => arrays.has(withoutStar(nameOf(each))));
  return isWhole ? [problem(`variable type invalid in ${quote(text)}`, path)] : [];
}

/** None of these stands as a whole; single keys may. */
export function checkNoWholeObjects(check: Check & { objects: ReadonlySet<string> }): Problems {
  const { text, path, prefix, objects } = check;
  const isWhole = referencesIn(text, prefix).some(({ variable }) => objects.has(withoutStar(variable)));
  return isWhole ? [problem(`variable type invalid in ${quote(text)}`, path)] : [];
}

/** Whoever names one of these names nothing besides: an element of a list is replaced by many. */
export function checkIsolated(check: Check & { arrays: ReadonlySet<string> }): Problems {
  const { text, path, prefix, arrays } = check;
  const references = referencesIn(text, prefix);
  if (references.some(hasTooManyParts)) return [tooManyParts(check)];
  const isWhole = references.some((each) => arrays.has(withoutStar(nameOf(each))));
  if (!isWhole || references[0]?.source === text) return [];
  return [problem(`variable is not properly isolated in ${quote(text)}`, path)];
}

/** Whether the text is nothing but a reference to the whole of something: `$(params.list[*])`. */
export function isWholeReference(text: string, prefix: string): boolean {
  const [first] = referencesIn(text, prefix);
  return first?.source === text && /^[_a-zA-Z0-9.-]+\[\*\]$/.test(first.variable);
}

/** Whether the text refers to anything of the prefix. */
export function hasReferences(text: string, prefix: string): boolean {
  return referencesIn(text, prefix).length > 0;
}

function withoutStar(name: string): string {
  return name.endsWith("[*]") ? name.slice(0, -3) : name;
}

function tooManyParts({ text, path, prefix }: Check): FieldProblem {
  const rule = `Only two dot-separated components after the prefix "${prefix}" are allowed.`;
  return problem(`Invalid referencing of parameters in "${text}"! ${rule}`, path);
}
