/**
 * The engine: chDB, which is ClickHouse in this process, and the connections to it.
 *
 * A connection runs one query at a time, so there are several, in three lanes that never wait for each other: writing,
 * looking up, and analysing. The engine does its work on libuv's threads; with fewer threads than connections a slow analysis
 * would hold up the rest, so the program raises their number before anything uses them.
 */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Session } from "chdb";
import { StoreError } from "../trace-store.ts";

export type Lane = "write" | "lookup" | "analysis";

export interface Engine {
  /** Runs one statement; the answer is in JSONEachRow. Throws {@link StoreError}. */
  run(lane: Lane, statement: string): Promise<string>;
  /** Runs one statement before anything else may, to the end. */
  runNow(statement: string): void;
  close(): Promise<void>;
}

interface LaneSettings {
  connections: number;
  /** Statements that may wait for a connection; more are refused, so that waiting never grows without end. */
  maxWaiting: number;
  settings: Readonly<Record<string, number | string>>;
}

const MEGABYTE = 1024 * 1024;

/**
 * One writer for batches and one for the rest. Lookups are short, so four are enough for a page that asks
 * several things at once. Analyses use every core; more than two at a time only slow each other down.
 */
const LANES: Readonly<Record<Lane, LaneSettings>> = {
  write: { connections: 2, maxWaiting: 1_000, settings: { max_insert_threads: 1, max_threads: 1 } },
  lookup: {
    connections: 4,
    maxWaiting: 64,
    // A trace lies in one place: a second thread, or one for reading, costs more than it brings.
    settings: {
      max_threads: 1,
      local_filesystem_read_method: "pread",
      max_execution_time: 10,
      max_memory_usage: 512 * MEGABYTE,
    },
  },
  analysis: {
    connections: 2,
    maxWaiting: 32,
    settings: { max_execution_time: 30, max_memory_usage: 768 * MEGABYTE },
  },
};

/** For all connections. 64-bit integers are quoted, because JSON numbers cannot hold them. */
const COMMON_SETTINGS = {
  output_format_json_quote_64bit_integers: 1,
  do_not_merge_across_partitions_select_final: 1,
  // A join or a GROUP BY over every span would be a mistake of ours: better an error than a machine without memory.
  max_result_rows: 5_000_000,
};

/**
 * Server settings of the engine. Its own defaults are for a machine of its own: 5 GiB of caches, 90 % of the memory, and
 * sixteen threads for merging.
 */
const CONFIGURATION = `<clickhouse>
  <max_server_memory_usage>${1_500 * MEGABYTE}</max_server_memory_usage>
  <mark_cache_size>${64 * MEGABYTE}</mark_cache_size>
  <index_mark_cache_size>${16 * MEGABYTE}</index_mark_cache_size>
  <primary_index_cache_size>${64 * MEGABYTE}</primary_index_cache_size>
  <background_pool_size>2</background_pool_size>
  <background_schedule_pool_size>4</background_schedule_pool_size>
  <background_common_pool_size>2</background_common_pool_size>
  <background_move_pool_size>1</background_move_pool_size>
  <background_fetches_pool_size>1</background_fetches_pool_size>
</clickhouse>
`;

/** Opens the engine on a directory. Throws {@link StoreError} "unavailable" where it cannot be had or is in use. */
export async function openEngine(directory: string): Promise<Engine> {
  const { Session: Connection, drainPending } = await loadEngine();
  const configuration = join(directory, "engine.xml");
  const files = join(directory, "chdb");
  const holder = holderOf(join(files, "status"));
  if (holder !== undefined) {
    throw new StoreError(
      "unavailable",
      `the data directory ${directory} is in use by process ${holder}: stop it, or name another with --data`,
    );
  }
  const laneOf = (lane: LaneSettings): ConnectionPool => {
    const connectionArgs = argumentsOf(configuration, lane.settings);
    return new ConnectionPool(lane, () => new Connection(files, { connectionArgs }));
  };
  try {
    writeFileSync(configuration, CONFIGURATION);
    const lanes = {
      write: laneOf(LANES.write),
      lookup: laneOf(LANES.lookup),
      analysis: laneOf(LANES.analysis),
    };
    return {
      run: (lane, statement) => lanes[lane].run(statement),
      runNow: (statement) => lanes.write.runNow(statement),
      async close() {
        for (const lane of Object.values(lanes)) lane.close();
        await drainPending();
      },
    };
  } catch (cause) {
    throw new StoreError(
      "unavailable",
      `the data directory ${directory} cannot be opened: another throughline may be using it, or its files are not ours to write`,
      { cause },
    );
  }
}

/**
 * The process that has the engine's files open. The engine holds a lock on its status file and writes its process id into it;
 * finding it taken, it complains on standard error by itself. Where locks cannot be seen (not Linux), it is left to that.
 */
function holderOf(statusFile: string): string | undefined {
  try {
    const [, pid] = /^PID: (\d+)$/m.exec(readFileSync(statusFile, "utf8")) ?? [];
    const lock = new RegExp(
      `\\bFLOCK\\s.*\\sWRITE\\s+${pid}\\s+\\w+:\\w+:${statSync(statusFile).ino}\\s`,
      "m",
    );
    return lock.test(readFileSync("/proc/locks", "utf8")) ? pid : undefined;
  } catch {
    return undefined;
  }
}

async function loadEngine(): Promise<typeof import("chdb")> {
  try {
    return await import("chdb");
  } catch (cause) {
    throw new StoreError(
      "unavailable",
      `the embedded store has no engine for ${process.platform}-${process.arch} here: run npm install again, or use a ` +
        "ClickHouse with --clickhouse URL",
      { cause },
    );
  }
}

function argumentsOf(configuration: string, settings: LaneSettings["settings"]): string[] {
  const all = { ...COMMON_SETTINGS, ...settings };
  return [
    `--config-file=${configuration}`,
    ...Object.entries(all).map(([name, value]) => `--${name}=${value}`),
  ];
}

/** Connections that take statements in turn. */
class ConnectionPool {
  readonly #idle: Session[];
  readonly #all: Set<Session>;
  readonly #waiting: ((connection: Session) => void)[] = [];
  readonly #maxWaiting: number;
  readonly #open: () => Session;

  constructor({ connections, maxWaiting }: LaneSettings, open: () => Session) {
    this.#open = open;
    this.#idle = Array.from({ length: connections }, open);
    this.#all = new Set(this.#idle);
    this.#maxWaiting = maxWaiting;
  }

  async run(statement: string): Promise<string> {
    let connection = await this.#take();
    try {
      return (await connection.queryAsync(statement, { format: "JSONEachRow" })).text();
    } catch (cause) {
      connection = this.#replace(connection);
      throw storeError(cause);
    } finally {
      this.#giveBack(connection);
    }
  }

  runNow(statement: string): void {
    const [connection] = this.#idle;
    if (connection === undefined) throw new StoreError("fault", "every connection to the engine is taken");
    try {
      connection.query(statement);
    } catch (cause) {
      throw storeError(cause);
    }
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }

  async #take(): Promise<Session> {
    const connection = this.#idle.pop();
    if (connection !== undefined) return connection;
    if (this.#waiting.length >= this.#maxWaiting) {
      throw new StoreError("busy", "too many questions at once; ask again in a moment");
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** After a statement that failed half-way, its first rows come with the next answer (chDB 3.4.0). */
  #replace(connection: Session): Session {
    this.#all.delete(connection);
    connection.close();
    const fresh = this.#open();
    this.#all.add(fresh);
    return fresh;
  }

  #giveBack(connection: Session): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(connection);
    else next(connection);
  }
}

/** ClickHouse error codes that mean something to the one who asked. */
const TOO_EXPENSIVE = new Map([
  [159, "the question took too long; ask about a shorter time"],
  [241, "the question needs too much memory; ask about a shorter time"],
  [252, "there are too many parts; ask again when some are merged"],
  [396, "the answer has too many rows; ask about a shorter time"],
]);
/** NOT_ENOUGH_SPACE, CANNOT_WRITE_TO_FILE_DESCRIPTOR, CANNOT_FSYNC and what the file system says. */
const NO_SPACE = /Code: (?:243|75|74)\b|No space left on device/;

function storeError(cause: unknown): StoreError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = Number(/Code: (\d+)/.exec(message)?.[1]);
  const expensive = TOO_EXPENSIVE.get(code);
  if (expensive !== undefined) return new StoreError("tooExpensive", expensive, { cause });
  if (NO_SPACE.test(message)) return new StoreError("unavailable", "no space left on the device", { cause });
  return new StoreError("fault", `the engine failed: ${message.slice(0, 500)}`, { cause });
}
