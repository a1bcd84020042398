/** A store in a ClickHouse server: usually the one that OpenTelemetry Collectors write to, read as it is. */
import type { ReceivedLog, ReceivedMetric, ReceivedSpan } from "../../otlp/index.ts";
import { readAnswer, readRows } from "../fields.ts";
import { keepable } from "../keepable.ts";
import { type Sql, sql } from "../sql.ts";
import {
  type Added,
  type Query,
  StoreError,
  type StoreHealth,
  type StoreStatistics,
  type Tables,
  type TraceStore,
} from "../trace-store.ts";
import { ArrivalWatch } from "./arrival-watch.ts";
import {
  countOfPoints,
  METRIC_TABLES,
  type MetricTable,
  metricsOf,
  metricsWhere,
} from "./collector-metrics.ts";
import { checkShape, logsOf, spansOf, type TableShape } from "./collector-tables.ts";
import { type Address, Connection } from "./connection.ts";
import { type TableName, tableNamed } from "./names.ts";
import { createNarrowTables, narrowTables, type Source } from "./narrow-tables.ts";
import { spanRecord } from "./span-record.ts";

export interface RemoteStoreOptions {
  /** Of ClickHouse's HTTP interface, e.g. `http://localhost:8123`. May carry user, password and, as its path, database. */
  url: string;
  /** The collector's setting `database`; `default` when absent. */
  database?: string;
  username?: string;
  password?: string;
  /** The collector's setting `traces_table_name`; `otel_traces` when absent. */
  table?: string;
  /**
   * Adds tables of runs and tasks to the database, which makes questions about many runs fast, and lets spans be
   * written. Without it nothing in the database is changed.
   */
  createTables?: boolean;
  /** Told in one line what was added to the database. */
  onNotice?: (message: string) => void;
}

/**
 * Connects to a ClickHouse and looks at its tables. Throws {@link StoreError} "unavailable" with what to do when it cannot be
 * reached, does not accept the user, or has no table such as the collector's.
 */
export async function openRemoteStore(options: RemoteStoreOptions): Promise<TraceStore> {
  const address = addressOf(options);
  const connection = new Connection(address);
  try {
    return await openTables(connection, { ...options, database: address.database });
  } catch (fault) {
    await connection.close();
    throw fault;
  }
}

function addressOf({ url, database, username, password }: RemoteStoreOptions): Address {
  if (!/^https?:/.test(url) || !URL.canParse(url)) {
    throw new StoreError(
      "unavailable",
      "the address of ClickHouse has to be that of its HTTP interface, such as http://localhost:8123",
    );
  }
  const parsed = new URL(url);
  return {
    url: parsed.origin,
    database: database ?? (decoded(parsed.pathname.slice(1)) || "default"),
    username: username ?? (decoded(parsed.username) || "default"),
    password: password ?? decoded(parsed.password),
  };
}

/** A password with a `%` that somebody did not encode is meant as it is. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function openTables(
  connection: Connection,
  {
    database,
    table: name = "otel_traces",
    createTables = false,
    onNotice = () => {},
  }: RemoteStoreOptions & { database: string },
): Promise<TraceStore> {
  const table = tableNamed(database, name);
  const shape = await shapeOf(connection, table);
  checkShape(table, shape);
  const logs = tableNamed(database, "otel_logs");
  const source: Source = { connection, database, table, spans: spansOf(table, shape) };
  const created = createTables ? await createNarrowTables(source) : [];
  if (created.length > 0) onNotice(`created ${created.join(" and ")}, and filled them from ${table.text}`);
  const ofMetrics = await metricTables(connection, database);
  const metrics = metricsOf(ofMetrics);
  const tables: Tables = {
    ...(await narrowTables(source)),
    spans: source.spans,
    // A collector's tables know no arrival; a span starts little before it.
    arrivalNs: sql`toUnixTimestamp64Nano(Timestamp)`,
    logs: logsOf(logs, await shapeIfAny(connection, logs)),
    metrics,
    metricsWhere: (condition) => metricsWhere(metrics, condition),
  };
  const points = countOfPoints(ofMetrics);
  return new RemoteStore({ connection, table, points, tables, mayWrite: createTables });
}

function metricTables(connection: Connection, database: string): Promise<MetricTable[]> {
  const kinds = ["gauge", "sum", "histogram"] as const;
  return Promise.all(
    kinds.map(async (kind) => {
      const table = tableNamed(database, METRIC_TABLES[kind]);
      return { kind, table, shape: await shapeIfAny(connection, table) };
    }),
  );
}

async function shapeOf(connection: Connection, table: TableName): Promise<TableShape> {
  const answer = await connection.ask("lookup", `DESCRIBE TABLE ${table.sql.text}`);
  return new Map(readRows(answer, (row) => [row.text("name"), row.text("type")]));
}

async function shapeIfAny(connection: Connection, table: TableName): Promise<TableShape> {
  try {
    return await shapeOf(connection, table);
  } catch (fault) {
    if (fault instanceof StoreError && fault.reason === "unavailable") return new Map();
    throw fault;
  }
}

/** What is being sent to the server at once; above that, senders are asked to wait. Some 100 MiB. */
const MAX_SPANS_UNDER_WAY = 50_000;

const READ_ONLY =
  "Throughline only reads this ClickHouse, which collectors write to: send OTLP to the collector instead";

const SPANS_ONLY =
  "Throughline writes no metrics and logs to a ClickHouse: send them to a collector that does instead";

interface Parts {
  connection: Connection;
  table: TableName;
  /** How many data points there are. */
  points: Sql;
  tables: Tables;
  mayWrite: boolean;
}

class RemoteStore implements TraceStore {
  readonly #connection: Connection;
  readonly #table: TableName;
  readonly #tables: Tables;
  readonly #mayWrite: boolean;
  readonly #listeners = new Set<(kept: { spans: number }) => void>();
  readonly #arrivals: ArrivalWatch;
  readonly #pointArrivals: ArrivalWatch;
  #spansUnderWay = 0;
  #health: StoreHealth = { kind: "ok" };
  #closing: Promise<void> | undefined;

  constructor({ connection, table, points, tables, mayWrite }: Parts) {
    this.#connection = connection;
    this.#table = table;
    this.#tables = tables;
    this.#mayWrite = mayWrite;
    this.#arrivals = new ArrivalWatch({
      count: () => this.#count(sql`SELECT count() AS Count FROM ${table.sql}`),
      tell: (spans) => this.#tell(spans),
    });
    this.#pointArrivals = new ArrivalWatch({
      count: () => this.#count(sql`SELECT ${points} AS Count`),
      tell: () => this.#tell(0),
    });
  }

  async addSpans(spans: readonly ReceivedSpan[]): Promise<Added> {
    if (!this.#mayWrite) return { kind: "kept", rejected: spans.length, reason: READ_ONLY };
    const { items, rejected, reason } = keepable(spans, ({ startNs }) => startNs);
    if (this.#spansUnderWay > 0 && this.#spansUnderWay + items.length > MAX_SPANS_UNDER_WAY)
      return {
        kind: "busy",
        reason: "ClickHouse takes spans more slowly than they come",
        retryAfterSeconds: 5,
      };
    if (items.length > 0) await this.#insert(items);
    return { kind: "kept", rejected, reason };
  }

  async addMetrics(metrics: readonly ReceivedMetric[]): Promise<Added> {
    const points = metrics.reduce((sum, { data }) => sum + data.points.length, 0);
    return { kind: "kept", rejected: points, reason: SPANS_ONLY };
  }

  async addLogs(logs: readonly ReceivedLog[]): Promise<Added> {
    return { kind: "kept", rejected: logs.length, reason: SPANS_ONLY };
  }

  async select<Row>(query: Query<Row>): Promise<Row[]> {
    const { text } = query.text(this.#tables);
    return readAnswer(await this.#reached(this.#connection.ask(query.purpose, text)), query);
  }

  health(): StoreHealth {
    return this.#health;
  }

  /** Whoever runs a ClickHouse watches it there. */
  async statistics(): Promise<StoreStatistics> {
    return {};
  }

  onKept(listener: (kept: { spans: number }) => void): () => void {
    this.#listeners.add(listener);
    this.#arrivals.start();
    this.#pointArrivals.start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#watchNoMore();
    };
  }

  close(): Promise<void> {
    this.#watchNoMore();
    this.#closing ??= this.#connection.close();
    return this.#closing;
  }

  #watchNoMore(): void {
    this.#arrivals.stop();
    this.#pointArrivals.stop();
  }

  async #insert(spans: readonly ReceivedSpan[]): Promise<void> {
    this.#spansUnderWay += spans.length;
    try {
      await this.#reached(this.#connection.insert(this.#table.sql.text, spans.map(spanRecord)));
    } finally {
      this.#spansUnderWay -= spans.length;
    }
    this.#arrivals.leaveOut(spans.length);
    this.#tell(spans.length);
  }

  #tell(spans: number): void {
    for (const listener of this.#listeners) listener({ spans });
  }

  /** The server counts rows without reading them. */
  async #count({ text }: Sql): Promise<number> {
    const answer = await this.#reached(this.#connection.ask("lookup", text));
    const [count = 0] = readRows(answer, (row) => row.number("Count"));
    return count;
  }

  /** The server comes and goes; how it is, the last request tells. */
  async #reached<Answer>(request: Promise<Answer>): Promise<Answer> {
    try {
      const answer = await request;
      this.#health = { kind: "ok" };
      return answer;
    } catch (fault) {
      const isGone = fault instanceof StoreError && fault.reason === "unavailable";
      if (isGone) this.#health = { kind: "refusing", reason: fault.message };
      throw fault;
    }
  }
}
