import {
  countOfSpans,
  fieldValues,
  newestArrival,
  rootOfTrace,
  type StoredRun,
  searchRuns,
  type TraceStore,
  VALUE_FIELDS,
} from "../store/index.ts";
import { formatTime, type Nanos } from "../tekton/index.ts";
import type { SearchAnswer, StatusAnswer, ValuesAnswer } from "./answers/index.ts";
import { question } from "./question.ts";
import { RUN_FILTERS, runFilters } from "./run-filters.ts";
import { resultWord } from "./run-row.ts";

type Match = SearchAnswer["matches"][number];

const MOST_MATCHES = 20;
const MOST_PIPELINES = 5;

/** Whatever somebody has at hand: an id, a name, a part of one. */
export const SEARCH = question<SearchAnswer>({
  name: "search",
  path: "search",
  summary: "Runs, pipelines and traces by id, UID, name or a part of a name",
  answerName: "SearchAnswer",
  parameters: [
    {
      name: "q",
      kind: "text",
      isRequired: true,
      description: "trace id, span id of a run, UID, namespace/name, name or a part of it",
    },
  ],
  async answer({ store }, given) {
    const text = (given.text("q") ?? "").trim();
    const [runs, pipelines] = await Promise.all([
      store.select(searchRuns(text, MOST_MATCHES)),
      pipelinesLike(text, store),
    ]);
    const isExact = (run: StoredRun) =>
      [run.traceId, run.spanId, run.uid, run.name, `${run.namespace}/${run.name}`].includes(text);
    const exact = runs.filter(isExact).map(runMatch);
    const partial = runs.filter((run) => !isExact(run)).map(runMatch);
    const others = runs.length > 0 ? [] : await tracesLike(text, store);
    return { matches: [...exact, ...others, ...pipelines, ...partial] };
  },
});

function runMatch(run: StoredRun): Match {
  return {
    kind: "run",
    traceId: run.traceId,
    name: run.name,
    namespace: run.namespace,
    pipeline: run.pipeline,
    result: resultWord(run.result),
    startTime: formatTime(run.startNs),
  };
}

async function pipelinesLike(text: string, store: TraceStore): Promise<Match[]> {
  const question = { field: "pipeline", containing: text, filters: {}, limit: MOST_PIPELINES } as const;
  const found = await store.select(fieldValues(question));
  return found.map(({ value, runs }) => ({ kind: "pipeline", pipeline: value, runs }));
}

async function tracesLike(text: string, store: TraceStore): Promise<Match[]> {
  if (!/^[0-9a-f]{32}$/i.test(text)) return [];
  const traceId = text.toLowerCase();
  const found = await store.select(rootOfTrace(traceId));
  return found.map(({ name, service, startNs }) => ({
    kind: "trace",
    traceId,
    name,
    service,
    startTime: formatTime(startNs),
  }));
}

/** What there is to filter by. */
export const VALUES = question<ValuesAnswer>({
  name: "values",
  path: "values",
  summary: "What there is to filter by, most frequent first",
  answerName: "ValuesAnswer",
  parameters: [
    {
      name: "field",
      kind: "choice",
      values: VALUE_FIELDS,
      isRequired: true,
      description: "the values of this",
    },
    ...RUN_FILTERS.filter(({ name }) => name !== "search"),
    { name: "search", kind: "text", description: "values that contain this" },
    { name: "limit", kind: "count", default: "100", most: 1000, description: "how many" },
  ],
  async answer({ store }, given) {
    const field = given.choice("field", VALUE_FIELDS) ?? "pipeline";
    // Somebody who looks for another branch wants to see all of them, not only the chosen one.
    const filters = { ...runFilters(given), search: undefined, [field]: undefined };
    const question = { field, containing: given.text("search"), filters, limit: given.count("limit") };
    return { values: await store.select(fieldValues(question)) };
  },
});

/** How the server is. */
export const STATUS = question<StatusAnswer>({
  name: "status",
  path: "status",
  summary: "Version, health, and when data last came",
  answerName: "StatusAnswer",
  parameters: [],
  async answer({ store, version, lastDataNs }) {
    const health = store.health();
    const [[spans = 0], cameNs] = await Promise.all([
      store.select(countOfSpans()),
      lastDataNs ?? newestSpans(store),
    ]);
    return {
      version,
      health: health.kind,
      ...(health.kind === "ok" ? {} : { reason: health.reason }),
      ...(cameNs === undefined ? {} : { lastDataTime: formatTime(cameNs) }),
      spans,
    };
  },
});

/** When the newest spans came that an earlier process kept, or a collector; undefined where there are none. */
async function newestSpans(store: TraceStore): Promise<Nanos | undefined> {
  const [newest = 0n] = await store.select(newestArrival());
  return newest === 0n ? undefined : newest;
}
