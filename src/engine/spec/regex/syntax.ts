/** What a regular expression is made of. */
export type Expression =
  /** One character (code point) of a set. */
  | { kind: "character"; isOneOf: (character: string) => boolean }
  /** A place between two characters; either is "" at an end of the text. */
  | { kind: "place"; isHere: (around: { before: string; after: string }) => boolean }
  | { kind: "sequence"; parts: readonly Expression[] }
  | { kind: "choice"; options: readonly Expression[] }
  /** `most` may be infinite. */
  | { kind: "repeat"; part: Expression; least: number; most: number };

/** Not a pattern of RE2, or one too large. The message is for the pattern's author. */
export class PatternError extends Error {
  override readonly name = "PatternError";
}

/** `(?i)`: either case; `(?m)`: `^` and `$` at line ends; `(?s)`: `.` takes a newline. */
export interface Flags {
  i: boolean;
  m: boolean;
  s: boolean;
}

/** A pattern being read from left to right. */
export class Reader {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#characters = [...pattern];
  }

  get isAtEnd(): boolean {
    return this.#at === this.#characters.length;
  }

  /** The next character, or "" at the end. */
  peek(): string {
    return this.#characters[this.#at] ?? "";
  }

  next(): string {
    const character = this.peek();
    if (character === "") throw new PatternError("the pattern ends too early");
    this.#at += 1;
    return character;
  }

  /** Goes past the text if it stands here. */
  take(text: string): boolean {
    const isHere = [...text].every((character, index) => this.#characters[this.#at + index] === character);
    if (!isHere) return false;
    this.#at += text.length;
    return true;
  }

  /** Goes past what the expression, which begins with `^`, matches here, among the next few characters. */
  takeMatch(expression: RegExp): RegExpExecArray | undefined {
    const window = this.#characters.slice(this.#at, this.#at + LONGEST_MATCH).join("");
    const match = expression.exec(window) ?? undefined;
    this.#at += [...(match?.[0] ?? "")].length;
    return match;
  }

  /** Everything up to the text, and past it; to the end if it does not come. */
  takeUntil(text: string): string[] {
    const taken: string[] = [];
    while (!this.isAtEnd && !this.take(text)) taken.push(this.next());
    return taken;
  }
}

/** Longer than any name of a group or script, or pair of counts. */
const LONGEST_MATCH = 80;
