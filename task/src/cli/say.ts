import { writeSync } from "node:fs";

const STDOUT = 1;
const STDERR = 2;

/** One line on stderr. Written at once: to load Node's stream costs a start a millisecond. */
export function say(line: string): void {
  write(STDERR, `${line.replace(/[\r\n]+/g, " ")}\n`);
}

/** Text for stdout, as it is. */
export function print(text: string): void {
  write(STDOUT, text);
}

/** Nobody there to read it is no reason to fail. */
function write(file: number, text: string): void {
  try {
    writeSync(file, text);
  } catch {
    // There is no other place to say that it is closed.
  }
}
