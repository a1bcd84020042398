import { openSender, type Protocol, type Sender, sendUntilKept } from "./otlp-sender.ts";
import { type Payload, type PayloadMill, payloadMill } from "./payloads.ts";

export interface LoadShape {
  connections: number;
  protocol: Protocol;
  runsPerRequest: number;
}

/** What came of it. */
export interface LoadResult {
  acknowledged: { requests: number; runs: number; spans: number; bytes: number };
  /** Answers that said to come again later. */
  busyAnswers: number;
  /** Of each request, from the first time it was sent until it was acknowledged. */
  ackMillis: number[];
  elapsedMs: number;
  /** What the load itself took of the processors. */
  cpuMs: number;
}

/** Different requests, of all connections together. */
const MILLS = 80;

/** The requests of each connection, encoded before the clock starts. */
export function prepareLoad({ connections, protocol, runsPerRequest }: LoadShape): PayloadMill[][] {
  const format = protocol === "http/json" ? "json" : "protobuf";
  const perConnection = Math.ceil(MILLS / connections);
  const mill = (index: number) => payloadMill({ from: index * runsPerRequest, runs: runsPerRequest, format });
  return Array.from({ length: connections }, (_, connection) =>
    Array.from({ length: perConnection }, (_, turn) => mill(connection * perConnection + turn)),
  );
}

/** Sends on every connection until the time is over and everything is answered. Throws when a request is refused. */
export async function runLoad({
  mills,
  protocol,
  to,
  seconds,
}: {
  mills: PayloadMill[][];
  protocol: Protocol;
  to: { otlpHttp: string; otlpGrpc: string };
  seconds: number;
}): Promise<LoadResult> {
  const result: LoadResult = {
    acknowledged: { requests: 0, runs: 0, spans: 0, bytes: 0 },
    busyAnswers: 0,
    ackMillis: [],
    elapsedMs: 0,
    cpuMs: 0,
  };
  const started = performance.now();
  const cpuBefore = process.cpuUsage();
  let number = 0;
  await Promise.all(
    mills.map(async (own) => {
      const sender = openSender(protocol, to);
      for (let turn = 0; performance.now() < started + seconds * 1_000; turn++) {
        const payload = own[turn % own.length]?.stamped(number++);
        if (payload !== undefined) await sendOne(payload, sender, result);
      }
      sender.close();
    }),
  );
  const { user, system } = process.cpuUsage(cpuBefore);
  return { ...result, elapsedMs: performance.now() - started, cpuMs: (user + system) / 1_000 };
}

async function sendOne({ body, runs, spans }: Payload, sender: Sender, result: LoadResult): Promise<void> {
  const started = performance.now();
  const { busyAnswers } = await sendUntilKept(body, sender);
  result.ackMillis.push(performance.now() - started);
  result.busyAnswers += busyAnswers;
  result.acknowledged.requests++;
  result.acknowledged.runs += runs;
  result.acknowledged.spans += spans;
  result.acknowledged.bytes += body.length;
}
