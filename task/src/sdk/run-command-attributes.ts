/** What is recorded of a command is bounded: a step may pass a whole file as an argument, and write megabytes of errors. */
import { firstWithin, lastWithin } from "../command/byte-limits.ts";
import { recordable, recordableArguments } from "./redaction.ts";

const MAXIMUM_ARGUMENTS = 128;
const MAXIMUM_BYTES = 4096;

/** The first arguments without secrets, at most 128 and 4 KiB of them; the one that does not fit is cut and ends in `…`. */
export function shownArguments(argv: readonly string[]): string[] {
  const shown: string[] = [];
  let room = MAXIMUM_BYTES;
  for (const argument of recordableArguments(argv.slice(0, MAXIMUM_ARGUMENTS))) {
    const bytes = Buffer.byteLength(argument);
    if (bytes > room) return [...shown, `${firstWithin(argument, room)}…`];
    shown.push(argument);
    room -= bytes;
  }
  return shown;
}

/** The lines that end the bytes, without secrets: from a whole line on where they were cut, with U+FFFD for what is not UTF-8. */
export function lastLines({ bytes, isCut }: { bytes: Buffer; isCut: boolean }): string {
  const newline = isCut ? bytes.indexOf("\n") : -1;
  const start = newline >= 0 && newline < bytes.length - 1 ? newline + 1 : 0;
  return lastWithin(recordable(bytes.subarray(start).toString("utf8")).trimEnd(), MAXIMUM_BYTES);
}
