/** Drops whole weeks that are older than what is to be kept. Dropping a partition costs nothing; deleting rows would. */
import { readRows } from "../fields.ts";
import type { Engine } from "./engine.ts";
import { DATA_TABLES } from "./tables.ts";

const EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

interface RetentionOptions {
  engine: Engine;
  days: number;
  onWarning: (message: string) => void;
}

export class Retention {
  readonly #options: RetentionOptions;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void>;

  /** Begins at once and goes on every hour. */
  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#running = this.#drop();
    this.#timer = setInterval(() => {
      this.#running = this.#running.then(() => this.#drop());
    }, EVERY_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #drop(): Promise<void> {
    const { engine, days, onWarning } = this.#options;
    try {
      const cutoff = new Date(Date.now() - (days + 7) * DAY_MS).toISOString().slice(0, 10);
      for (const { table, partition } of await oldPartitions(engine, cutoff)) {
        await engine.run("write", `ALTER TABLE throughline.${table} DROP PARTITION '${partition}'`);
      }
    } catch (fault) {
      onWarning(`old data could not be dropped: ${String(fault)}`);
    }
  }
}

/** Partitions, named by their Monday, of weeks that were over before the cutoff plus seven days. */
async function oldPartitions(
  engine: Engine,
  cutoff: string,
): Promise<{ table: string; partition: string }[]> {
  const tables = DATA_TABLES.map((name) => `'${name}'`).join(", ");
  const answer = await engine.run(
    "lookup",
    `SELECT DISTINCT table, partition FROM system.parts
     WHERE database = 'throughline' AND active AND table IN (${tables}) AND partition <= '${cutoff}'`,
  );
  return readRows(answer, (row) => ({ table: row.text("table"), partition: row.text("partition") }));
}
