/** What is recorded of a command is bounded: a step may pass a whole file as an argument, and write megabytes of errors. */
import { basename } from "node:path";
import { firstWithin, lastWithin } from "./byte-limits.ts";
import type { StderrTail } from "./stderr-relay.ts";

const MAXIMUM_ARGUMENTS = 128;
const MAXIMUM_BYTES = 4096;
/** Ends an argument of which more was given than is shown. */
const CUT = "…";

/** The program's name without its directory. */
export function executableName(program: string): string {
  return basename(program) || program;
}

/** The first 128, without secrets, and of these the first 4 KiB; the one that does not fit is cut and ends in `…`. */
export function shownArguments(
  words: readonly string[],
  redactArguments: (words: readonly string[]) => readonly string[],
): string[] {
  const first = words.slice(0, MAXIMUM_ARGUMENTS);
  // Twice as much as is shown: a secret that is cut may not look like one any more.
  const read = first.map((word) => word.slice(0, 2 * MAXIMUM_BYTES));
  const shown: string[] = [];
  let room = MAXIMUM_BYTES - Buffer.byteLength(CUT);
  for (const [index, argument] of redactArguments(read).entries()) {
    const bytes = Buffer.byteLength(argument);
    if (bytes > room || read[index] !== first[index]) return [...shown, firstWithin(argument, room) + CUT];
    shown.push(argument);
    room -= bytes;
  }
  return shown;
}

/** The lines that end the bytes, without secrets: from a whole line on where they were cut, with U+FFFD for what is not UTF-8. */
export function lastLines({ bytes, isCut }: StderrTail, redact: (text: string) => string): string {
  const lineEnd = isCut ? bytes.indexOf("\n") : -1;
  const from = lineEnd < bytes.length - 1 ? lineEnd + 1 : 0;
  return lastWithin(redact(bytes.toString("utf8", from)).trimEnd(), MAXIMUM_BYTES);
}
