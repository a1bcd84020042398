/**
 * The HTTP interface of ClickHouse in front of the engine in this process (ClickHouse documentation, "HTTP Interface"), so
 * that the real client asks the real engine without a server. Statements run one after another, as the engine's one
 * connection wants it. A process has one engine: a test file that uses this opens no embedded store.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Session } from "chdb";

export interface ClickHouseFront {
  url: string;
  /** Runs a statement past the HTTP interface, as somebody else would. */
  run(statement: string): Promise<string>;
  close(): Promise<void>;
}

export const PASSWORD = "secret";

/** What is no setting of the engine's, but of the interface. */
const NOT_SETTINGS = new Set(["database", "query", "query_id", "role", "session_id", "wait_end_of_query"]);

export async function startClickHouseFront(
  directory: string,
  connectionArgs: string[] = [],
): Promise<ClickHouseFront> {
  const session = new Session(directory, { connectionArgs });
  let last: Promise<unknown> = Promise.resolve();
  const run = (statement: string, settings: string[] = []): Promise<string> => {
    const answer = last.then(async () => {
      for (const setting of settings) await session.queryAsync(`SET ${setting}`);
      return (await session.queryAsync(statement, { format: "TabSeparated" })).text();
    });
    last = answer.catch(() => undefined);
    return answer;
  };
  const server = createServer((request, response) => {
    void answer(request, response, run);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    run,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await last;
      session.close();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  run: (statement: string, settings: string[]) => Promise<string>,
): Promise<void> {
  const [, password] = Buffer.from(request.headers.authorization?.slice("Basic ".length) ?? "", "base64")
    .toString()
    .split(":");
  if (password !== PASSWORD) return fail(response, { code: "516", status: 403, message: WRONG_PASSWORD });
  const parameters = new URL(request.url ?? "/", "http://localhost").searchParams;
  const body = await text(request);
  const statement = [parameters.get("query") ?? "", body].join("\n");
  const settings = [...parameters].filter(([name]) => !NOT_SETTINGS.has(name));
  try {
    response.end(
      await run(
        statement,
        settings.map(([name, value]) => `${name} = '${value}'`),
      ),
    );
  } catch (fault) {
    const message = fault instanceof Error ? fault.message : String(fault);
    const code = /Code: (\d+)\./.exec(message)?.[1] ?? "1002";
    fail(response, { code, status: 500, message: message.slice(message.indexOf("Code:")) });
  }
}

const WRONG_PASSWORD =
  "Code: 516. DB::Exception: default: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED)";

function fail(response: ServerResponse, fault: { code: string; status: number; message: string }): void {
  response.writeHead(fault.status, { "X-ClickHouse-Exception-Code": fault.code });
  response.end(fault.message);
}
