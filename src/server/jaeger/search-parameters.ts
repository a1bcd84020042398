/** What a search asks for, from the query string: once in the words of `/api/traces`, once in those of `/api/v3/traces`. */
import type { TraceSearch } from "../../store/index.ts";
import type { Nanos } from "../../tekton/index.ts";
import {
  all,
  count,
  duration,
  first,
  ParameterFault,
  type Parameters,
  texts,
  time,
  whole,
} from "./parameters.ts";

/** Jaeger's own: for a search that says nothing of time or number. */
const LOOKBACK_NS = 48n * 3_600_000_000_000n;
const TRACES = 100;

/** The most Jaeger's UI offers. */
export const MAX_TRACES = 1_500;

/** The engine takes ten seconds to understand a question of some hundreds, and cannot be stopped meanwhile. */
const MAX_TAGS = 64;

const MICROSECONDS = { ns: 1_000n, name: "microseconds since 1970" };

/** Of `/api/traces`. Throws {@link ParameterFault}. */
export function searchOf(parameters: Parameters, nowNs: Nanos): TraceSearch {
  const untilNs = whole(first(parameters, "end"), MICROSECONDS) ?? nowNs;
  const sinceNs = whole(first(parameters, "start"), MICROSECONDS) ?? untilNs - lookbackOf(parameters);
  const service = first(parameters, "service")?.text;
  if (service === undefined) throw new ParameterFault("service", "is required");
  return consistent({
    service,
    operation: first(parameters, "operation")?.text,
    attributes: { ...tagsOf(parameters), ...texts(first(parameters, "tags")) },
    sinceNs,
    untilNs,
    minDurationNs: duration(first(parameters, "minDuration")),
    maxDurationNs: duration(first(parameters, "maxDuration")),
    limit: count(first(parameters, "limit"), { most: MAX_TRACES, otherwise: TRACES }),
  });
}

/** Of `/api/v3/traces`; the names with underscores are what older clients send. Throws {@link ParameterFault}. */
export function v3SearchOf(parameters: Parameters): TraceSearch {
  const given = (...names: string[]) => first(parameters, ...names.map((name) => `query.${name}`));
  const sinceNs = time(given("startTimeMin", "start_time_min"));
  const untilNs = time(given("startTimeMax", "start_time_max"));
  if (sinceNs === undefined || untilNs === undefined)
    throw new ParameterFault("query.startTimeMin", "and query.startTimeMax are required");
  if (sinceNs >= untilNs) throw new ParameterFault("query.startTimeMin", "is not before query.startTimeMax");
  return consistent({
    service: given("serviceName", "service_name")?.text,
    operation: given("operationName", "operation_name")?.text,
    attributes: texts(given("attributes")),
    sinceNs,
    untilNs,
    minDurationNs: duration(given("durationMin", "duration_min")),
    maxDurationNs: duration(given("durationMax", "duration_max")),
    limit: count(given("searchDepth", "search_depth", "num_traces"), { most: MAX_TRACES, otherwise: TRACES }),
  });
}

function consistent(search: TraceSearch): TraceSearch {
  const { minDurationNs = 0n, maxDurationNs, attributes } = search;
  if (Object.keys(attributes).length > MAX_TAGS)
    throw new ParameterFault("tags", `asks for more than ${MAX_TAGS} tags`);
  if (maxDurationNs !== undefined && maxDurationNs < minDurationNs)
    throw new ParameterFault("maxDuration", "is shorter than minDuration");
  return search;
}

/** `1h`, `2d`: what Jaeger's UI shows; it also says `custom`, next to a start. */
function lookbackOf(parameters: Parameters): bigint {
  const given = first(parameters, "lookback");
  if (given === undefined || given.text === "custom") return LOOKBACK_NS;
  const days = /^(\d{1,4})d$/.exec(given.text)?.[1];
  return days === undefined ? (duration(given) ?? LOOKBACK_NS) : BigInt(days) * 24n * 3_600_000_000_000n;
}

/** `tag=key:value`, as often as wanted. */
function tagsOf(parameters: Parameters): Record<string, string> {
  const entries = all(parameters, "tag").map((tag) => {
    const colon = tag.indexOf(":");
    if (colon < 1) throw new ParameterFault("tag", "is not key:value");
    return [tag.slice(0, colon), tag.slice(colon + 1)] as const;
  });
  return Object.fromEntries(entries);
}
