import { runsNamed, runsOfTrace, type StoredRun, type TraceStore } from "../store/index.ts";
import { QuestionError, quote } from "./parameters.ts";

/** What an id stands for. */
export interface FoundTrace {
  traceId: string;
  /** The run it names; absent for a trace id. */
  run?: StoredRun;
  /** How many other runs have that name, older ones; more than a hundred are not counted. */
  others: number;
}

const TRACE_ID = /^[0-9a-f]{32}$/i;
const MOST_OTHERS = 100;

/**
 * Finds a trace by its id, or by the name, `namespace/name` or UID of a run; of several runs of a name the latest counts. A
 * trace id is taken at its word. Throws {@link QuestionError} "notFound".
 */
export async function findTrace(id: string, store: TraceStore): Promise<FoundTrace> {
  if (TRACE_ID.test(id)) return { traceId: id.toLowerCase(), others: 0 };
  const [, namespace, name = id] = /^([^/]+)\/(.+)$/.exec(id) ?? [];
  const [run, ...others] = await store.select(runsNamed({ name, namespace }, 1 + MOST_OTHERS));
  if (run === undefined) throw notFound(id);
  return { traceId: run.traceId, run, others: others.length };
}

/** The run an id stands for; of a trace id, the outermost run in that trace. Throws {@link QuestionError} "notFound". */
export async function findRun(id: string, store: TraceStore): Promise<StoredRun> {
  const { traceId, run } = await findTrace(id, store);
  if (run !== undefined) return run;
  const runs = await store.select(runsOfTrace(traceId));
  const [first] = outermostFirst(runs);
  if (first === undefined) throw notFound(id);
  return first;
}

/** Runs whose parent is no run of the trace first; otherwise in the order given. */
export function outermostFirst(runs: readonly StoredRun[]): StoredRun[] {
  const spanIds = new Set(runs.map(({ spanId }) => spanId));
  const isInner = ({ parentSpanId }: StoredRun) => Number(spanIds.has(parentSpanId));
  return runs.toSorted((a, b) => isInner(a) - isInner(b));
}

export function notFound(id: string): QuestionError {
  return new QuestionError(`there is no run or trace ${quote(id)} in the store`, "notFound");
}
