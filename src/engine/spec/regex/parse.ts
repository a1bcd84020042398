/** RE2's syntax (github.com/google/re2/wiki/Syntax), read by recursive descent. */
import { anyCharacter, literal, oneOf, readClass, readEscape } from "./characters.ts";
import { type Expression, type Flags, PatternError, Reader } from "./syntax.ts";

/** Groups within groups. RE2 allows 1,000. */
const MAX_DEPTH = 200;
/** RE2's limit for a counted repetition. */
const MAX_REPEAT = 1000;

/** Reads a pattern. What RE2 does not have either (back references, looking around) throws a {@link PatternError}. */
export function parsePattern(pattern: string): Expression {
  const reader = new Reader(pattern);
  const expression = readChoice({ reader, flags: { i: false, m: false, s: false }, depth: 0 });
  if (!reader.isAtEnd) throw new PatternError("the pattern closes a group it did not open");
  return expression;
}

interface Scope {
  reader: Reader;
  /** Changed in place by `(?i)`, until the group ends. */
  flags: Flags;
  depth: number;
}

function readChoice(scope: Scope): Expression {
  if (scope.depth > MAX_DEPTH)
    throw new PatternError(`the pattern has more than ${MAX_DEPTH} groups within each other`);
  const options = [readSequence(scope)];
  while (scope.reader.take("|")) options.push(readSequence(scope));
  return { kind: "choice", options };
}

function readSequence(scope: Scope): Expression {
  const { reader } = scope;
  const parts: Expression[] = [];
  while (!reader.isAtEnd && reader.peek() !== "|" && reader.peek() !== ")") {
    if (reader.take("\\Q")) parts.push(...reader.takeUntil("\\E").map((each) => literal(each, scope.flags)));
    else parts.push(readRepeats(scope, readPart(scope)));
  }
  return { kind: "sequence", parts };
}

function readRepeats({ reader }: Scope, part: Expression): Expression {
  const counts = readCounts(reader);
  if (counts === undefined) return part;
  // Which of several matches is found makes no difference to whether there is one.
  reader.take("?");
  if (readCounts(reader) !== undefined) throw new PatternError("the pattern repeats a repetition");
  return { kind: "repeat", part, ...counts };
}

function readCounts(reader: Reader): { least: number; most: number } | undefined {
  if (reader.take("*")) return { least: 0, most: Number.POSITIVE_INFINITY };
  if (reader.take("+")) return { least: 1, most: Number.POSITIVE_INFINITY };
  if (reader.take("?")) return { least: 0, most: 1 };
  const counts = reader.takeMatch(/^\{(\d{1,9})(,(\d{0,9}))?\}/);
  if (counts === undefined) return undefined;
  const least = Number(counts[1]);
  const most = counts[2] === undefined ? least : Number(counts[3] || Number.POSITIVE_INFINITY);
  if (least > MAX_REPEAT || (most > MAX_REPEAT && Number.isFinite(most)) || least > most) {
    throw new PatternError(`the pattern repeats something ${counts[0]} times`);
  }
  return { least, most };
}

function readPart(scope: Scope): Expression {
  const { reader, flags } = scope;
  const character = reader.next();
  if (character === "(") return readGroup(scope);
  if (character === "[") return oneOf(readClass(reader), flags);
  if (character === ".") return anyCharacter(flags);
  if (character === "^") return flags.m ? LINE_START : TEXT_START;
  if (character === "$") return flags.m ? LINE_END : TEXT_END;
  if (character === "\\") return readEscaped(scope);
  if (/[*+?]/.test(character)) throw new PatternError(`the pattern has nothing before ${character}`);
  return literal(character, flags);
}

function readEscaped({ reader, flags }: Scope): Expression {
  const place = PLACES.get(reader.peek());
  if (place === undefined) return oneOf(readEscape(reader), flags);
  reader.next();
  return place;
}

function readGroup({ reader, flags, depth }: Scope): Expression {
  const inner = { ...flags };
  if (reader.take("?") && !reader.takeMatch(/^P?<[A-Za-z_][0-9A-Za-z_]*>/)) {
    const settings = reader.takeMatch(/^([imsU]*)(?:-([imsU]+))?([:)])/);
    if (settings === undefined) throw new PatternError("RE2 has no groups of the kind the pattern uses");
    const [, on = "", off = "", end] = settings;
    const scope = end === ")" ? flags : inner;
    for (const flag of ["i", "m", "s"] as const)
      scope[flag] = (scope[flag] || on.includes(flag)) && !off.includes(flag);
    if (end === ")") return EMPTY;
  }
  const expression = readChoice({ reader, flags: inner, depth: depth + 1 });
  if (!reader.take(")")) throw new PatternError("the pattern does not close a group");
  return expression;
}

const EMPTY: Expression = { kind: "sequence", parts: [] };
const TEXT_START: Expression = { kind: "place", isHere: ({ before }) => before === "" };
const TEXT_END: Expression = { kind: "place", isHere: ({ after }) => after === "" };
const LINE_START: Expression = { kind: "place", isHere: ({ before }) => before === "" || before === "\n" };
const LINE_END: Expression = { kind: "place", isHere: ({ after }) => after === "" || after === "\n" };

function isWordBoundary({ before, after }: { before: string; after: string }): boolean {
  return /\w/.test(before) !== /\w/.test(after);
}

const PLACES: ReadonlyMap<string, Expression> = new Map<string, Expression>([
  ["A", TEXT_START],
  ["z", TEXT_END],
  ["b", { kind: "place", isHere: isWordBoundary }],
  ["B", { kind: "place", isHere: (around) => !isWordBoundary(around) }],
]);
