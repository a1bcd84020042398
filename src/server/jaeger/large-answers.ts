import type { FastifyReply } from "fastify";
import { StoreError, type TraceStore } from "../../store/index.ts";
import { MAX_LARGE_ANSWERS_WAITING } from "../limits.ts";
import { Turns } from "../turns.ts";
import { type FoundTraces, readTraces } from "./traces.ts";

/** Read in a tenth of a second; most traces have fewer. */
const FEW_SPANS = 5_000;

/** An answer as it is sent. */
export interface WrittenAnswer {
  status: number;
  /** JSON. */
  text: string;
}

/** Reads traces and has the answer written. Throws what the store throws. */
export type AnswerTraces = (
  traceIds: readonly string[],
  write: (read: FoundTraces) => { status: number; body: object },
) => Promise<WrittenAnswer>;

/**
 * An answer of many spans takes a thousand times the memory and the time of a usual one. Such are made one after the other, from
 * reading to writing, so that ten who ask for them at once take no more memory than one; usual ones pass them by.
 */
export function largeAnswersInTurn(store: TraceStore, fewSpans = FEW_SPANS): AnswerTraces {
  const turns = new Turns({ atOnce: 1, maxWaiting: MAX_LARGE_ANSWERS_WAITING });
  return async (traceIds, write) => {
    const written = (read: FoundTraces) => {
      const { status, body } = write(read);
      return { status, text: JSON.stringify(body) };
    };
    const few = await readTraces(store, traceIds, fewSpans);
    if (isWhole(few)) return written(few);
    const leave = await turns.take();
    if (leave === undefined) throw new StoreError("busy", "too many large traces are asked for; try again");
    try {
      return written(await readTraces(store, traceIds));
    } finally {
      leave();
    }
  };
}

function isWhole({ traces, leftOut }: FoundTraces): boolean {
  return leftOut.length === 0 && !traces.some(({ isCut }) => isCut);
}

/** Sends an answer that is JSON already. */
export function sendWritten(reply: FastifyReply, { status, text }: WrittenAnswer): FastifyReply {
  return reply.code(status).type("application/json; charset=utf-8").send(text);
}
