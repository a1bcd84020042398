/** What the Jaeger query API asks: services, their operations and how they call each other, and traces that match. */
import type { Nanos } from "../../tekton/index.ts";
import { IS_ERROR } from "../columns.ts";
import { kindOf } from "../span-words.ts";
import { joinSql, type Sql, sql } from "../sql.ts";
import type { Query, Tables } from "../trace-store.ts";
import { timestamp } from "./filters.ts";

/** One span of a trace has to match all of it. Absent: any. */
export interface TraceSearch {
  service: string | undefined;
  operation: string | undefined;
  /** Of the span, its resource or one of its events; or one of Jaeger's own words, see {@link attributeCondition}. */
  attributes: Readonly<Record<string, string>>;
  /** The span starts from here… */
  sinceNs: Nanos;
  /** …up to here. */
  untilNs: Nanos;
  minDurationNs: bigint | undefined;
  maxDurationNs: bigint | undefined;
  /** How many traces, the newest first. */
  limit: number;
}

/**
 * Ids of traces with a span that matches, newest first. The inner question reads only the columns it compares, of all
 * spans; the outer one looks again at the few traces found, where of a span sent twice only the last counts.
 */
export function findTraces(search: TraceSearch): Query<string> {
  const matches = searchCondition(search);
  return {
    purpose: "analysis",
    text: ({ spans }) => sql`SELECT TraceId FROM (
      SELECT * FROM ${spans} WHERE TraceId IN (
        SELECT TraceId FROM ${spans} WHERE ${matches} GROUP BY TraceId ORDER BY max(Timestamp) DESC LIMIT ${search.limit}
      ) ORDER BY Version DESC LIMIT 1 BY TraceId, SpanId
    ) WHERE ${matches} GROUP BY TraceId ORDER BY max(Timestamp) DESC`,
    row: (fields) => fields.text("TraceId"),
  };
}

function searchCondition(search: TraceSearch): Sql {
  const { service, operation, minDurationNs, maxDurationNs } = search;
  return joinSql(
    [
      during(search),
      ...(service === undefined ? [] : [sql`ServiceName = ${service}`]),
      ...(operation === undefined ? [] : [sql`SpanName = ${operation}`]),
      ...(minDurationNs === undefined ? [] : [sql`Duration >= ${minDurationNs}`]),
      ...(maxDurationNs === undefined ? [] : [sql`Duration <= ${maxDurationNs}`]),
      ...Object.entries(search.attributes).map(attributeCondition),
    ],
    " AND ",
  );
}

/** Spans that start in a time. */
function during({ sinceNs, untilNs }: { sinceNs: Nanos; untilNs: Nanos }): Sql {
  return sql`Timestamp >= ${timestamp(sinceNs)} AND Timestamp <= ${timestamp(untilNs)}`;
}

/** Jaeger shows what is not an attribute in OpenTelemetry as tags, and looks for them as tags. */
function attributeCondition([key, value]: [string, string]): Sql {
  const attribute = anyAttributeIs({ key, value });
  switch (key) {
    case "error":
      return value === "false" ? sql`NOT ${IS_ERROR}` : IS_ERROR;
    case "span.kind":
      return sql`lower(replaceOne(SpanKind, 'SPAN_KIND_', '')) = ${value.toLowerCase()}`;
    case "otel.status_code":
      return sql`upper(replaceOne(StatusCode, 'STATUS_CODE_', '')) = ${value.toUpperCase()}`;
    case "otel.status_description":
      return sql`StatusMessage = ${value}`;
    case "otel.scope.name":
      return sql`ScopeName = ${value}`;
    case "otel.scope.version":
      return sql`ScopeVersion = ${value}`;
    case "event":
      return sql`(has(Events.Name, ${value}) OR ${attribute})`;
    default:
      return attribute;
  }
}

function anyAttributeIs({ key, value }: { key: string; value: string }): Sql {
  // A key that is not there reads as the empty text.
  const isIn = (map: Sql) =>
    value === ""
      ? sql`(mapContains(${map}, ${key}) AND ${map}[${key}] = '')`
      : sql`${map}[${key}] = ${value}`;
  return sql`(${isIn(sql`SpanAttributes`)} OR ${isIn(sql`ResourceAttributes`)}
    OR arrayExists(attributes -> ${isIn(sql`attributes`)}, Events.Attributes))`;
}

/** Names of the services that sent spans, by name. */
export function serviceNames({ limit }: { limit: number }): Query<string> {
  return {
    purpose: "analysis",
    text: ({ spans }) =>
      sql`SELECT DISTINCT ServiceName FROM ${spans} WHERE ServiceName != '' ORDER BY ServiceName LIMIT ${limit}`,
    row: (fields) => fields.text("ServiceName"),
  };
}

/** Spans of one name. */
export interface Operation {
  name: string;
  /** `internal`, `server`, `client`, `producer`, `consumer`, `unspecified`. */
  kinds: string[];
}

/** Names of a service's spans with the kinds each has, by name. Grouping by one column is four times as fast as by two. */
export function operationsOfService({
  service,
  limit,
}: {
  service: string;
  limit: number;
}): Query<Operation> {
  return {
    purpose: "analysis",
    text: ({ spans }) => sql`SELECT SpanName, arraySort(groupUniqArray(SpanKind)) AS Kinds FROM ${spans}
      WHERE ServiceName = ${service} GROUP BY SpanName ORDER BY SpanName LIMIT ${limit}`,
    row: (fields) => ({ name: fields.text("SpanName"), kinds: fields.texts("Kinds").map(kindOf) }),
  };
}

/** A service's part in a trace. */
export interface ServiceShare {
  traceId: string;
  service: string;
  spans: number;
  errors: number;
  startNs: Nanos;
  endNs: Nanos;
  /** The first of its spans that have no parent; undefined where all have one. */
  root: { name: string; startNs: Nanos } | undefined;
}

/** Of each of these traces, each service's part. Ids are lower-case hex. */
export function serviceShares(traceIds: readonly string[]): Query<ServiceShare> {
  return {
    purpose: "lookup",
    text: ({ spans }) => sql`SELECT TraceId, ServiceName, count() AS Spans, countIf(${IS_ERROR}) AS Errors,
      toUnixTimestamp64Nano(min(Timestamp)) AS StartNs, max(toUnixTimestamp64Nano(Timestamp) + Duration) AS EndNs,
      countIf(ParentSpanId = '') AS Roots, toString(argMinIf(SpanName, Timestamp, ParentSpanId = '')) AS RootName,
      toUnixTimestamp64Nano(minIf(Timestamp, ParentSpanId = '')) AS RootNs
      FROM ${onceEach({ spans, where: sql`TraceId IN ${traceIds}` })} GROUP BY TraceId, ServiceName ORDER BY ServiceName`,
    row: (fields) => ({
      traceId: fields.text("TraceId"),
      service: fields.text("ServiceName"),
      spans: fields.number("Spans"),
      errors: fields.number("Errors"),
      startNs: fields.integer("StartNs"),
      endNs: fields.integer("EndNs"),
      root:
        fields.number("Roots") > 0
          ? { name: fields.text("RootName"), startNs: fields.integer("RootNs") }
          : undefined,
    }),
  };
}

/** Spans of `parent` have children of `child`. */
export interface ServiceLink {
  parent: string;
  child: string;
  calls: number;
}

/**
 * How often a span of one service is the child of a span of another, in traces of a time. Counted over the newest
 * `maxTraces` traces that have more than one service: joining all spans with their parents would not end.
 */
export function serviceLinks(window: {
  sinceNs: Nanos;
  untilNs: Nanos;
  maxTraces: number;
}): Query<ServiceLink> {
  return {
    purpose: "analysis",
    text: ({ spans }) => {
      const shared = sql`SELECT TraceId FROM ${spans} WHERE ${during(window)} GROUP BY TraceId
        HAVING min(ServiceName) != max(ServiceName) ORDER BY max(Timestamp) DESC LIMIT ${window.maxTraces}`;
      const spansOfThem = onceEach({ spans, where: sql`TraceId IN (${shared})` });
      return sql`SELECT caller.ServiceName AS Parent, callee.ServiceName AS Child, count() AS Calls
        FROM ${spansOfThem} AS callee
        INNER JOIN ${spansOfThem} AS caller ON caller.TraceId = callee.TraceId AND caller.SpanId = callee.ParentSpanId
        WHERE Parent != Child AND Parent != '' AND Child != '' GROUP BY Parent, Child ORDER BY Parent, Child`;
    },
    row: (fields) => ({
      parent: fields.text("Parent"),
      child: fields.text("Child"),
      calls: fields.number("Calls"),
    }),
  };
}

/** The narrow columns of spans, of each span the row that counts. */
function onceEach({ spans, where }: { spans: Tables["spans"]; where: Sql }): Sql {
  return sql`(SELECT TraceId, SpanId, ParentSpanId, ServiceName, SpanName, StatusCode, Timestamp, Duration
    FROM ${spans} WHERE ${where} ORDER BY Version DESC LIMIT 1 BY TraceId, SpanId)`;
}
