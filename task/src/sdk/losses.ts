import { writeSync } from "node:fs";

const STDERR = 2;

/** What could not be sent: counted, and said once, in one line on standard error. */
export class Losses {
  #count = 0;
  #reason = "";
  #isSaid = false;

  /** Counts spans and metrics together; the first reason is the one to show. */
  add(count: number, reason: string): void {
    this.#reason ||= reason;
    this.#count += count;
  }

  /** Says it, if there is anything to say and it has not been said. */
  say(): void {
    if (this.#count === 0 || this.#isSaid) return;
    this.#isSaid = true;
    const lost = this.#count === 1 ? "1 span or metric" : `${this.#count} spans or metrics`;
    complain(`${lost} not sent: ${this.#reason}`);
  }
}

/** One line on standard error, in the name of the package. Never throws: whoever reads it may be gone. */
export function complain(text: string): void {
  try {
    // Not by `process.stderr`, which ends the process some time later when its reader is gone.
    writeSync(STDERR, `@throughline/task: ${text.replace(/\s+/g, " ")}\n`);
  } catch {
    // Nobody is there to be told.
  }
}
