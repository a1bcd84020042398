/** What the engine takes of disk and memory. Asking it takes a few milliseconds, and nobody needs to wait for the latest. */
import { readRows } from "../fields.ts";
import type { Engine } from "./engine.ts";

const FRESH_MS = 5_000;

interface Usage {
  diskBytes?: number;
  memoryBytes?: number;
}

export class EngineUsage {
  readonly #engine: Engine;
  #last: Usage | undefined;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #asking: Promise<Usage> | undefined;
  #isStopped = false;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** What it was when it was asked last; only the first answer is waited for. */
  async read(): Promise<Usage> {
    if (!this.#isStopped && performance.now() - this.#askedAtMs > FRESH_MS) this.#asking ??= this.#ask();
    return this.#last ?? (await this.#asking) ?? {};
  }

  /** Asks no more, and answers when nothing is being asked. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#asking;
  }

  /** An engine that cannot say is not known to have anything. */
  async #ask(): Promise<Usage> {
    this.#askedAtMs = performance.now();
    this.#last = await this.#usage().catch(() => ({}));
    this.#asking = undefined;
    return this.#last;
  }

  async #usage(): Promise<Usage> {
    const answer = await this.#engine.run(
      "lookup",
      `SELECT (SELECT sum(bytes_on_disk) FROM system.parts WHERE database = 'throughline' AND active) AS Disk,
        (SELECT max(value) FROM system.metrics WHERE metric = 'MemoryTracking') AS Memory`,
    );
    const [usage = {}] = readRows(answer, (row) => ({
      diskBytes: row.number("Disk"),
      memoryBytes: Math.max(0, row.number("Memory")),
    }));
    return usage;
  }
}
