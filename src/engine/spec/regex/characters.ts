/** Sets of characters: literals, `.`, `[…]`, `\d` and their like. Each becomes a JavaScript expression for one character. */
import { type Expression, type Flags, PatternError, type Reader } from "./syntax.ts";

/** The expression for one character whose JavaScript source this is. */
export function oneOf(source: string, { i }: Flags): Expression {
  const expression = compile(source, i ? "iu" : "u");
  return { kind: "character", isOneOf: (character) => expression.test(character) };
}

/** A character as itself. */
export function literal(character: string, flags: Flags): Expression {
  if (flags.i) return oneOf(sourceOf(character), flags);
  return { kind: "character", isOneOf: (other) => other === character };
}

/** `.` */
export function anyCharacter({ s }: Flags): Expression {
  return { kind: "character", isOneOf: (character) => s || character !== "\n" };
}

/** What follows a backslash, as JavaScript source: a set or an escaped character. */
export function readEscape(reader: Reader): string {
  const property = reader.takeMatch(/^([pP])(?:\{(\^?)([A-Za-z_]{1,40})\}|([A-Z]))/);
  if (property !== undefined) return propertySource(property);
  const hex = reader.takeMatch(/^x(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{2}))/);
  if (hex !== undefined) return `\\u{${hex[1] ?? hex[2]}}`;
  const octal = reader.takeMatch(/^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/);
  if (octal !== undefined) return `\\u{${Number.parseInt(octal[0], 8).toString(16)}}`;
  const name = reader.next();
  const set = SETS.get(name) ?? CONTROLS.get(name);
  if (set !== undefined) return set;
  if (/[A-Za-z0-9]/.test(name)) throw new PatternError(`RE2 does not know \\${name}`);
  return sourceOf(name);
}

/** `[…]`, after its opening bracket, as JavaScript source. */
export function readClass(reader: Reader): string {
  const start = reader.take("^") ? "[^" : "[";
  let source = reader.take("]") ? sourceOf("]") : "";
  while (!reader.take("]")) source += readItem(reader);
  return `${start}${source}]`;
}

const SPACES = "\\t\\n\\f\\r ";

const SETS: ReadonlyMap<string, string> = new Map([
  ["d", "[0-9]"],
  ["D", "[^0-9]"],
  ["w", "[0-9A-Za-z_]"],
  ["W", "[^0-9A-Za-z_]"],
  ["s", `[${SPACES}]`],
  ["S", `[^${SPACES}]`],
]);

const CONTROLS: ReadonlyMap<string, string> = new Map([
  ["a", "\\u{7}"],
  ["f", "\\f"],
  ["n", "\\n"],
  ["r", "\\r"],
  ["t", "\\t"],
  ["v", "\\v"],
]);

const POSIX: ReadonlyMap<string, string> = new Map([
  ["alnum", "0-9A-Za-z"],
  ["alpha", "A-Za-z"],
  ["ascii", "\\u{0}-\\u{7f}"],
  ["blank", "\\t "],
  ["cntrl", "\\u{0}-\\u{1f}\\u{7f}"],
  ["digit", "0-9"],
  ["graph", "!-~"],
  ["lower", "a-z"],
  ["print", " -~"],
  ["punct", "!-\\/:-@\\[-`\\{-~"],
  ["space", "\\t\\n\\v\\f\\r "],
  ["upper", "A-Z"],
  ["word", "0-9A-Za-z_"],
  ["xdigit", "0-9A-Fa-f"],
]);

/** One character, range or set within brackets. */
function readItem(reader: Reader): string {
  const posix = reader.takeMatch(/^\[:([a-z]+):\]/)?.[1];
  if (posix !== undefined) return POSIX.get(posix) ?? unknownSet(posix);
  const from = readMember(reader);
  const to = reader.takeMatch(/^-(?=[^\]])/) === undefined ? undefined : readMember(reader);
  return to === undefined ? from : `${from}-${to}`;
}

function readMember(reader: Reader): string {
  const character = reader.next();
  if (character !== "\\") return sourceOf(character);
  const source = readEscape(reader);
  // Sets stand in brackets of their own, and classes do not nest: what is negated would need that.
  if (source.startsWith("[^"))
    throw new PatternError("a negated set such as \\S cannot stand within brackets");
  return source.startsWith("[") ? source.slice(1, -1) : source;
}

function propertySource([, letter, negation, name, short]: RegExpExecArray): string {
  const isNegated = (letter === "P") !== (negation === "^");
  const word = name ?? short ?? "";
  const property = word.length <= 2 ? word : `Script=${word}`;
  return `\\${isNegated ? "P" : "p"}{${property}}`;
}

function unknownSet(name: string): never {
  throw new PatternError(`RE2 does not know [:${name}:]`);
}

function sourceOf(character: string): string {
  return `\\u{${character.codePointAt(0)?.toString(16)}}`;
}

/** Only ever one character is held against it, so it cannot backtrack. */
function compile(source: string, flags: string): RegExp {
  try {
    return new RegExp(`^${source}$`, flags);
  } catch (cause) {
    throw new PatternError("the pattern has a set or range of characters that does not exist", { cause });
  }
}
