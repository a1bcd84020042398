/**
 * Batches on their way into the engine, as files. A batch is written here first and its file is taken away when the
 * engine has all of it. What an interrupted process leaves behind is inserted by the next one, so the tables that are filled from
 * the spans never lack what the spans have: rows that were there already replace themselves.
 *
 * A file gets its name when it is complete; what has another name was never whole and belongs to nobody's acknowledgement.
 */
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { SCHEMA_VERSION } from "./tables.ts";

export type Signal = "spans" | "metrics" | "logs";

export interface JournalFile {
  signal: Signal;
  path: string;
  /** Of the tables it was written for: the columns its rows have. */
  version: number;
}

/** A file of a later version is left to a program that knows it. */
function versionOf(name: string): number | undefined {
  const version = Number(/\.v(\d+)\.rows$/.exec(name)?.[1]);
  return version <= SCHEMA_VERSION ? version : undefined;
}

const SIGNALS: readonly Signal[] = ["spans", "metrics", "logs"];

export class Journal {
  readonly #directory: string;
  #number = 0;

  constructor(directory: string) {
    mkdirSync(directory, { recursive: true });
    this.#directory = directory;
  }

  /** Complete batches that an earlier process left, oldest first. Incomplete ones are removed. */
  leftBehind(): JournalFile[] {
    const names = readdirSync(this.#directory).sort();
    for (const name of names) if (name.endsWith(".partial")) rmSync(join(this.#directory, name));
    return names.flatMap((name) => {
      const signal = SIGNALS.find((each) => name.startsWith(`${each}-`));
      const version = versionOf(name);
      return signal !== undefined && version !== undefined
        ? [{ signal, path: join(this.#directory, name), version }]
        : [];
    });
  }

  /**
   * Writes without waiting in turn with requests: while they are read, every turn of the event loop is long, and between
   * four of them the engine would have nothing to do. 25 MB into the page cache take some 15 ms.
   */
  write(signal: Signal, rows: Uint8Array): JournalFile {
    const serial = `${Date.now()}-${String(this.#number++).padStart(9, "0")}`;
    const path = join(this.#directory, `${signal}-${serial}.v${SCHEMA_VERSION}.rows`);
    const partial = `${path}.partial`;
    try {
      writeFileSync(partial, rows);
      renameSync(partial, path);
    } catch (fault) {
      rmSync(partial, { force: true });
      throw fault;
    }
    return { signal, path, version: SCHEMA_VERSION };
  }

  async remove({ path }: JournalFile): Promise<void> {
    await rm(path, { force: true });
  }

  /** A batch the engine will never take is kept under another name for whoever looks into it. */
  async setAside({ path }: JournalFile): Promise<string> {
    const aside = `${path}.damaged`;
    await rename(path, aside);
    return aside;
  }
}
