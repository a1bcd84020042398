/**
 * Kills a server that is being written to, and looks at what it left. Clients behave as real ones do: what was not
 * acknowledged when the server died is sent again to the next.
 *
 *     up ── requests on several connections ── SIGKILL ── open the directory, compare ── up ── …
 *             └ acknowledged ┘ └ in flight ┘
 */
import { seededDice } from "./dice.ts";
import { openSender, type Sender } from "./otlp-sender.ts";
import type { Period } from "./run-story.ts";
import { SPANS_PER_RUN, traceRequest } from "./spans.ts";
import { type Disagreement, disagreements } from "./stored-truth.ts";
import { startUp, type Up } from "./up.ts";

export interface KillRounds {
  rounds: number;
  acknowledgedSpans: number;
  /** Requests nobody had answered when the server died. */
  inFlight: number;
  /** What was wrong, round by round; empty when nothing was. */
  disagreements: (Disagreement & { round: number })[];
}

const CONNECTIONS = 4;
const RUNS_PER_REQUEST = 10;
/** How many requests are acknowledged, at most, before the server is killed. */
const MOST_REQUESTS = 20;
/** An insert takes about as long: so the kill comes at any moment of one. */
const MOST_DELAY_MS = 40;

/** Runs the rounds on one data directory, which grows from round to round. The seed decides the moments. */
export async function killRounds({
  root,
  data,
  rounds,
  seed,
}: {
  root: string;
  data: string;
  rounds: number;
  seed: string;
}): Promise<KillRounds> {
  const client = newClient();
  const result: KillRounds = { rounds, acknowledgedSpans: 0, inFlight: 0, disagreements: [] };
  for (let round = 1; round <= rounds; round++) {
    const dice = seededDice(`${seed} ${round}`);
    const up = await startUp({ root, data });
    const kill = () => setTimeout(up.kill, dice.share() * MOST_DELAY_MS);
    await sendUntilDead({ client, up, killAfter: { requests: 1 + dice.below(MOST_REQUESTS), kill } });
    await up.kill();
    result.inFlight += client.again.length;
    const found = await disagreements(data, client.period, client.acknowledged.flatMap(runsOf));
    result.disagreements.push(...found.map((each) => ({ ...each, round })));
  }
  result.acknowledgedSpans = client.acknowledged.length * RUNS_PER_REQUEST * SPANS_PER_RUN;
  return result;
}

/** Requests are known by the number of their first run. */
interface Client {
  period: Period;
  next: number;
  acknowledged: number[];
  /** Sent, and not answered: to be sent again. */
  again: number[];
}

function newClient(): Client {
  const period = { runs: 100_000, days: 10, untilMs: Date.now() };
  return { period, next: 0, acknowledged: [], again: [] };
}

function runsOf(from: number): number[] {
  return Array.from({ length: RUNS_PER_REQUEST }, (_, position) => from + position);
}

interface Sending {
  client: Client;
  up: Up;
  /** What to do when so many requests more are acknowledged. */
  killAfter: { requests: number; kill: () => void };
}

async function sendUntilDead(sending: Sending): Promise<void> {
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const sender = openSender("http/protobuf", sending.up);
      for (let isAlive = true; isAlive; ) isAlive = await sendNext(sending, sender);
      sender.close();
    }),
  );
}

/** Answers whether the server was there to take it. */
async function sendNext({ client, killAfter }: Sending, sender: Sender): Promise<boolean> {
  const from = client.again.shift() ?? client.next;
  if (from === client.next) client.next += RUNS_PER_REQUEST;
  const body = traceRequest({ from, runs: RUNS_PER_REQUEST, period: client.period, format: "protobuf" });
  const reply = await sender.send(body).catch(() => undefined);
  if (reply?.kind === "refused") throw new Error(`the server refused a request: ${reply.reason}`);
  if (reply?.kind !== "kept") {
    client.again.push(from);
    return reply !== undefined;
  }
  client.acknowledged.push(from);
  if (--killAfter.requests === 0) killAfter.kill();
  return true;
}
