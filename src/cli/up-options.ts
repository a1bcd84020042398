/** The options of `throughline up`, from text to what they mean. */
import type { PortName } from "../server/index.ts";
import type { RemoteStoreOptions } from "../store/index.ts";
import { Failure } from "./failure.ts";
import { oneOf } from "./options.ts";
import { EXECUTORS, NETWORKS } from "./run/options.ts";
import { dataDirectory } from "./server-file.ts";
import { printable, type Terminal } from "./terminal.ts";
import type { UpLaptopSettings } from "./up-laptop.ts";

export interface UpOptions {
  port: string;
  otlpHttp: string;
  otlpGrpc: string;
  kubePort: string;
  host: string;
  /** False: `--no-engine`. */
  engine: boolean;
  executor: string;
  network: string;
  hostPath?: string[];
  data?: string;
  clickhouse?: string;
  clickhouseCreateTables?: boolean;
  retain: string;
  token?: string;
  load?: string[];
  output: string;
}

export interface UpSettings {
  host: string;
  ports: Record<PortName, number>;
  data: string;
  laptop: UpLaptopSettings;
  /** In place of the embedded store. */
  clickHouse?: Omit<RemoteStoreOptions, "onNotice">;
  /** Absent: for ever. */
  retainDays?: number;
  token?: string;
  load: readonly string[];
  output: "text" | "json";
}

/** Throws {@link Failure} for what makes no sense. */
export function readUpOptions(options: UpOptions, env: Terminal["env"]): UpSettings {
  const token = readToken(options.token ?? env["THROUGHLINE_TOKEN"]);
  const retainDays = readRetention(options.retain);
  refuseWithoutEffect(options);
  return {
    host: options.host,
    ports: {
      ui: readPort("--port", options.port),
      otlpHttp: readPort("--otlp-http", options.otlpHttp),
      otlpGrpc: readPort("--otlp-grpc", options.otlpGrpc),
    },
    data: dataDirectory(options.data, env),
    laptop: readLaptop(options, env),
    ...(options.clickhouse !== undefined && {
      clickHouse: readClickHouse(options.clickhouse, options, env),
    }),
    ...(retainDays !== undefined && { retainDays }),
    ...(token !== undefined && { token }),
    load: options.load ?? [],
    output: oneOf("--output", options.output, ["text", "json"]),
  };
}

function readLaptop(
  { host, kubePort, data, executor, network, hostPath, engine }: UpOptions,
  env: Terminal["env"],
): UpLaptopSettings {
  return {
    host,
    kubePort: readPort("--kube-port", kubePort),
    data: dataDirectory(data, env),
    executor: oneOf("--executor", executor, EXECUTORS),
    network: oneOf("--network", network, NETWORKS),
    hostPaths: hostPath ?? [],
    hasEngine: engine,
  };
}

function readPort(option: string, text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Failure(`${option} ${text}: give a port from 1 to 65535, or 0 for any free one`);
}

function readRetention(text: string): number | undefined {
  if (text === "forever") return undefined;
  const [, days] = /^(\d{1,5})d$/.exec(text) ?? [];
  if (days !== undefined && Number(days) > 0) return Number(days);
  throw new Failure(`--retain ${text}: give days, e.g. 30d, or forever`);
}

/** Somebody who believes that data are dropped, or tables made, is to know that they are not. */
function refuseWithoutEffect({ clickhouse, clickhouseCreateTables, retain }: UpOptions): void {
  if (clickhouse === undefined && clickhouseCreateTables)
    throw new Failure("--clickhouse-create-tables: say in which ClickHouse, with --clickhouse URL");
  if (clickhouse !== undefined && retain !== "forever")
    throw new Failure(
      `--retain ${retain}: a ClickHouse keeps data as long as its tables say (TTL); leave it out`,
    );
}

/** User and password from the variables that ClickHouse's own client reads, so that no list of processes shows them. */
function readClickHouse(
  url: string,
  { clickhouseCreateTables = false }: UpOptions,
  env: Terminal["env"],
): NonNullable<UpSettings["clickHouse"]> {
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Failure(
      `--clickhouse ${printable(url)}: give the address of its HTTP interface, e.g. http://localhost:8123/otel`,
    );
  const { CLICKHOUSE_USER: username, CLICKHOUSE_PASSWORD: password } = env;
  return {
    url,
    createTables: clickhouseCreateTables,
    ...(username && { username }),
    ...(password && { password }),
  };
}

/** What both a header and an address can carry (RFC 6750 §2.1). */
const TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

function readToken(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  if (TOKEN.test(text)) return text;
  throw new Failure("--token: use letters, digits and -._~+/ only, e.g. the output of: openssl rand -hex 32");
}
