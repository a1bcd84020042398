/** The options of `throughline up`, from text to what they mean. */
import type { PortName } from "../server/index.ts";
import type { RemoteStoreOptions } from "../store/index.ts";
import { Failure } from "./failure.ts";
import { oneOf } from "./options.ts";
import { dataDirectory } from "./server-file.ts";
import type { Terminal } from "./terminal.ts";

export interface UpOptions {
  port: string;
  otlpHttp: string;
  otlpGrpc: string;
  host: string;
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
  return {
    host: options.host,
    ports: {
      ui: readPort("--port", options.port),
      otlpHttp: readPort("--otlp-http", options.otlpHttp),
      otlpGrpc: readPort("--otlp-grpc", options.otlpGrpc),
    },
    data: dataDirectory(options.data, env),
    ...(options.clickhouse !== undefined && {
      clickHouse: readClickHouse(options.clickhouse, options, env),
    }),
    ...(retainDays !== undefined && { retainDays }),
    ...(token !== undefined && { token }),
    load: options.load ?? [],
    output: oneOf("--output", options.output, ["text", "json"]),
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

/** User and password from the variables that ClickHouse's own client reads, so that no list of processes shows them. */
function readClickHouse(
  url: string,
  { clickhouseCreateTables = false }: UpOptions,
  env: Terminal["env"],
): NonNullable<UpSettings["clickHouse"]> {
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
