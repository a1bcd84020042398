/**
 * How the steps of a Pod wait for each other: each leaves a file when it is done, which the next one waits for. Both sides
 * are in this process, so nobody looks at files again and again; they are written for those who look at them.
 */

export type Passage =
  | "open"
  /** A step before has failed. */
  | "failed"
  /** The Pod is being ended; nothing more is to begin. */
  | "closed";

export class Barriers {
  readonly #outcomes = new Map<string, Passage>();
  #isClosed = false;
  #waiting: (() => void)[] = [];

  /** Says how what the file stands for has ended. */
  settle(file: string, outcome: "open" | "failed"): void {
    this.#outcomes.set(file, outcome);
    this.#wake();
  }

  /** Lets everybody go who waits, now and later. */
  close(): void {
    this.#isClosed = true;
    this.#wake();
  }

  /** Settles when all files are there. */
  async pass(files: readonly string[]): Promise<Passage> {
    for (;;) {
      if (this.#isClosed) return "closed";
      const outcomes = files.map((file) => this.#outcomes.get(file));
      if (outcomes.includes("failed")) return "failed";
      if (!outcomes.includes(undefined)) return "open";
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
