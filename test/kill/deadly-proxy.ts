import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import type { AddressInfo } from "node:net";

/** Where in the course of a write its sender dies: before the API hears of it, or after it is done and before the answer. */
type Moment = "before" | "after";

/** Stands between a client and the API, and strikes in the course of one of the client's writes. */
export interface DeadlyProxy {
  /** Of a client that is to go through it. */
  kubeconfig: string;
  /** After so many more writes calls back once, in the course of the next one, which gets no answer. */
  arm(options: { afterWrites: number; moment: Moment; strike: () => Promise<unknown> }): void;
  close(): void;
}

interface Trap {
  at: number;
  moment: Moment;
  strike: () => Promise<unknown>;
}

/** A proxy to the API of that kubeconfig, and a kubeconfig that leads through it. */
export async function startDeadlyProxy(options: {
  kubeconfig: string;
  target: string;
  file: string;
}): Promise<DeadlyProxy> {
  const target = new URL(options.target);
  let writes = 0;
  let trap: Trap | undefined;

  const springAt = (moment: Moment, write: number): Trap | undefined => {
    if (trap === undefined || trap.moment !== moment || trap.at !== write) return undefined;
    const sprung = trap;
    trap = undefined;
    return sprung;
  };
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const write = request.method === "GET" ? 0 : ++writes;
    const early = springAt("before", write);
    if (early !== undefined) return void (await early.strike());
    const answer = await forward(request, target);
    const late = springAt("after", write);
    if (late !== undefined) return void (await late.strike());
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    response.flushHeaders();
    answer.pipe(response);
    response.on("close", () => answer.destroy());
  };
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const config = readFileSync(options.kubeconfig, "utf8");
  writeFileSync(options.file, config.replace(target.host, `127.0.0.1:${port}`));
  return {
    kubeconfig: options.file,
    arm: ({ afterWrites, moment, strike }) => {
      trap = { at: writes + 1 + afterWrites, moment, strike };
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function forward(request: IncomingMessage, { hostname, port }: URL): Promise<IncomingMessage> {
  const { method, url, headers } = request;
  return new Promise((resolve, reject) => {
    const onward = send({ hostname, port, method, path: url, headers }, resolve);
    onward.on("error", reject);
    request.on("error", reject);
    request.pipe(onward);
  });
}
