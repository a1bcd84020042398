/** A ClickHouse server over HTTP: asking with limits, and its errors in the words of a store. */
import type { ClickHouseClient, ClickHouseSettings } from "@clickhouse/client";
import { StoreError } from "../trace-store.ts";
import { storeErrorOf } from "./errors.ts";

/** Lanes never wait for each other. */
export type Lane = "lookup" | "analysis" | "change";

/** Where and who. */
export interface Address {
  /** Of the HTTP interface, without credentials. */
  url: string;
  database: string;
  username: string;
  password: string;
}

interface LaneLimits {
  connections: number;
  /** Statements that may be under way or wait for a connection; more are refused. */
  most: number;
  timeoutSeconds: number;
  settings: ClickHouseSettings;
}

const MEGABYTE = 1024 * 1024;

/** The server ends a question after its time; the connection waits a little longer for it to say so. */
const LANES: Readonly<Record<Lane, LaneLimits>> = {
  lookup: {
    connections: 8,
    most: 64,
    timeoutSeconds: 15,
    settings: { max_execution_time: 10, max_memory_usage: String(1024 * MEGABYTE) },
  },
  analysis: {
    connections: 4,
    most: 32,
    timeoutSeconds: 35,
    settings: { max_execution_time: 30, max_memory_usage: String(4096 * MEGABYTE) },
  },
  // Filling new tables from all spans there are takes as long as it takes.
  change: { connections: 2, most: 1_000, timeoutSeconds: 3_600, settings: {} },
};

/** Of all answers: 64-bit integers are quoted, because JSON numbers cannot hold them, and their size has a limit. */
const ANSWER: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 1,
  max_result_rows: "5000000",
  max_result_bytes: String(256 * MEGABYTE),
  result_overflow_mode: "throw",
  // A Distributed table asks its shards; a question inside a question is then answered once, for all of them.
  distributed_product_mode: "global",
  // Without it, an error that comes late looks like the end of an answer.
  wait_end_of_query: 1,
};

/** Connects when first used. All of it throws {@link StoreError}. */
export class Connection {
  readonly #address: Address;
  readonly #clients = new Map<Lane, Promise<ClickHouseClient>>();
  readonly #underWay: Record<Lane, number> = { lookup: 0, analysis: 0, change: 0 };

  constructor(address: Address) {
    this.#address = address;
  }

  /** The answer to one statement in JSONEachRow. */
  ask(lane: Lane, statement: string): Promise<string> {
    return this.#run(lane, async (client) => {
      const answer = await client.query({
        query: statement,
        format: "JSONEachRow",
        clickhouse_settings: { ...ANSWER, ...LANES[lane].settings },
      });
      return answer.text();
    });
  }

  /** Runs a statement that has no answer. */
  async change(statement: string): Promise<void> {
    await this.#run("change", (client) => client.command({ query: statement }));
  }

  /** Inserts rows; resolves when the server has them on disk. */
  async insert(table: string, rows: readonly Readonly<Record<string, unknown>>[]): Promise<void> {
    await this.#run("change", (client) =>
      client.insert({
        table,
        values: rows,
        format: "JSONEachRow",
        clickhouse_settings: {
          // The collector's tables have a partition for each day, and dumps may be of a whole year.
          max_partitions_per_insert_block: "0",
          // The server puts small requests together, and answers when they are on its disk.
          async_insert: 1,
          wait_for_async_insert: 1,
          date_time_input_format: "best_effort",
          // Tables of older exporters lack some columns.
          input_format_skip_unknown_fields: 1,
        },
      }),
    );
  }

  async close(): Promise<void> {
    const clients = await Promise.all(this.#clients.values());
    await Promise.all(clients.map((client) => client.close()));
  }

  async #run<Answer>(lane: Lane, work: (client: ClickHouseClient) => Promise<Answer>): Promise<Answer> {
    if (this.#underWay[lane] >= LANES[lane].most)
      throw new StoreError("busy", "too many questions at once; ask again in a moment");
    this.#underWay[lane]++;
    try {
      return await work(await this.#client(lane));
    } catch (fault) {
      throw storeErrorOf(fault, this.#address);
    } finally {
      this.#underWay[lane]--;
    }
  }

  #client(lane: Lane): Promise<ClickHouseClient> {
    const known = this.#clients.get(lane);
    if (known !== undefined) return known;
    const client = connect(this.#address, LANES[lane]);
    this.#clients.set(lane, client);
    return client;
  }
}

/** Commands that ask no ClickHouse do not wait for its client to load. */
async function connect(address: Address, { connections, timeoutSeconds }: LaneLimits) {
  const { ClickHouseLogLevel, createClient } = await import("@clickhouse/client");
  return createClient({
    ...address,
    application: "throughline",
    max_open_connections: connections,
    request_timeout: timeoutSeconds * 1_000,
    log: { level: ClickHouseLogLevel.OFF },
  });
}
