import stringWidth from "string-width";
import { ExitCode } from "./failure.ts";

/** Everything a command may touch of the process around it, so that a test can hand in its own. */
export interface Terminal {
  env: Readonly<Record<string, string | undefined>>;
  stdin: AsyncIterable<Uint8Array>;
  /** Resolves when there is room for more. */
  write(text: string): Promise<void>;
  /** Resolves when everything written has left the process. */
  flush(): Promise<void>;
  /** One line on stderr. */
  say(line: string): void;
  /** Replaces the line at the bottom of a terminal's stderr; nothing where stderr is none. */
  progress(line: string): void;
  /** Columns of stdout. */
  width: number;
  hasColour: boolean;
}

const DEFAULT_WIDTH = 100;

export function processTerminal(): Terminal {
  const { stdout, stderr, stdin, env } = process;
  // `throughline … | head` closes our output: that is no error, there is just nobody left to write for.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(ExitCode.ok);
    stderr.write(`throughline: the output cannot be written: ${error.message}\n`);
    process.exit(ExitCode.badInput);
  });
  let progressShown = false;
  const clearProgress = () => {
    if (progressShown) stderr.write("\r\u001b[K");
    progressShown = false;
  };
  return {
    env,
    stdin,
    write: (text) => {
      clearProgress();
      return new Promise((resolve) => (stdout.write(text) ? resolve() : stdout.once("drain", resolve)));
    },
    flush: () => new Promise((resolve) => stdout.write("", () => stderr.write("", () => resolve()))),
    say: (line) => {
      clearProgress();
      stderr.write(`${line}\n`);
    },
    progress: (line) => {
      if (!stderr.isTTY) return;
      clearProgress();
      stderr.write(cut(line, stderr.columns || DEFAULT_WIDTH));
      progressShown = line !== "";
    },
    width: widthOf(env, stdout.columns),
    hasColour: hasColour(env, stdout.isTTY),
  };
}

function widthOf(env: Terminal["env"], columns: number | undefined): number {
  const wanted = Number(env["COLUMNS"] ?? columns);
  return Number.isInteger(wanted) && wanted > 0 ? wanted : DEFAULT_WIDTH;
}

/** https://no-color.org, and the FORCE_COLOR most tools know. */
function hasColour(env: Terminal["env"], isTty: boolean): boolean {
  if (env["NO_COLOR"]) return false;
  if (env["FORCE_COLOR"]) return env["FORCE_COLOR"] !== "0";
  return isTty === true && env["TERM"] !== "dumb";
}

export type Colour = "red" | "green" | "yellow" | "blue" | "grey" | "bold";

const CODES: Record<Colour, [number, number]> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  blue: [34, 39],
  grey: [90, 39],
  bold: [1, 22],
};

/** Colours text, or leaves it as it is where there is no colour. */
export function painter({
  hasColour,
}: Pick<Terminal, "hasColour">): (text: string, colour: Colour) => string {
  if (!hasColour) return (text) => text;
  return (text, colour) => text && `\u001b[${CODES[colour][0]}m${text}\u001b[${CODES[colour][1]}m`;
}

// Controls, and the marks that turn the direction of writing: names come from clusters, not from friends.
const UNSAFE = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\p{Cs}]/gu;

/** Text from an object, so that it cannot move the cursor, colour the screen or break the line. */
export function printable(text: string): string {
  return text.replace(/\s+/g, " ").replace(UNSAFE, "\ufffd");
}

/** Cuts text to a number of columns, wide characters counted as two. */
export function cut(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let width = 0;
  let kept = "";
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    width += stringWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Cuts or fills text to exactly a number of columns. */
export function pad(text: string, columns: number, align: "left" | "right" = "left"): string {
  const fitted = cut(text, columns);
  const space = " ".repeat(Math.max(0, columns - stringWidth(fitted)));
  return align === "left" ? fitted + space : space + fitted;
}
