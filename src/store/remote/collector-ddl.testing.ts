/** Tables with the columns, engines and orders that the collector's ClickHouse exporter creates. */

const TEXTS = "Map(LowCardinality(String), String)";

/** As it is today. */
export function tracesTable(name: string): string {
  return `CREATE TABLE ${name} (
    Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)), TraceId String, SpanId String, ParentSpanId String, TraceState String,
    SpanName LowCardinality(String), SpanKind LowCardinality(String), ServiceName LowCardinality(String),
    ResourceAttributes ${TEXTS}, ScopeName String, ScopeVersion String, SpanAttributes ${TEXTS},
    Duration UInt64 CODEC(T64, ZSTD(1)), StatusCode LowCardinality(String), StatusMessage String,
    Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes ${TEXTS}),
    Links Nested (TraceId String, SpanId String, TraceState String, Attributes ${TEXTS}),
    SpanAttributeItems Array(String) ALIAS arrayMap(kv -> concat(kv.1, '=', kv.2), CAST(SpanAttributes, 'Array(Tuple(String, String))')),
    INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
    INDEX idx_span_attr_key mapKeys(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
    INDEX idx_duration Duration TYPE minmax GRANULARITY 1
  ) ENGINE = MergeTree PARTITION BY toDate(Timestamp)
  PRIMARY KEY (ServiceName, SpanName, toDateTime(Timestamp)) ORDER BY (ServiceName, SpanName, toDateTime(Timestamp), Timestamp)
  SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1`;
}

/** With the exporter's setting `ttl: 87600h`. */
export function expiringTracesTable(name: string): string {
  return tracesTable(name).replace("SETTINGS", "TTL toDateTime(Timestamp) + toIntervalDay(3650) SETTINGS");
}

/** As it was: no scope, durations with a sign. */
export function oldTracesTable(name: string): string {
  return tracesTable(name)
    .replace("ScopeName String, ScopeVersion String, ", "")
    .replace("Duration UInt64 CODEC(T64, ZSTD(1))", "Duration Int64");
}

const ORIGIN = `ResourceAttributes ${TEXTS}, ResourceSchemaUrl String, ScopeName String, ScopeVersion String,
    ScopeAttributes ${TEXTS}, ScopeDroppedAttrCount UInt32, ScopeSchemaUrl String, ServiceName LowCardinality(String),
    MetricName String, MetricDescription String, MetricUnit String, Attributes ${TEXTS},
    StartTimeUnix DateTime64(9), TimeUnix DateTime64(9)`;

function metricTable(name: string, columns: string): string {
  return `CREATE TABLE ${name} (${ORIGIN}, ${columns}) ENGINE = MergeTree PARTITION BY toDate(TimeUnix)
    ORDER BY (ServiceName, MetricName, Attributes, toUnixTimestamp64Nano(TimeUnix))`;
}

/** In a database, the three sorts of metrics that are read. */
export function metricTables(database: string): string[] {
  return [
    metricTable(`${database}.otel_metrics_gauge`, "Value Float64, Flags UInt32"),
    metricTable(
      `${database}.otel_metrics_sum`,
      "Value Float64, Flags UInt32, AggregationTemporality Int32, IsMonotonic Boolean",
    ),
    metricTable(
      `${database}.otel_metrics_histogram`,
      `Count UInt64, Sum Float64, BucketCounts Array(UInt64), ExplicitBounds Array(Float64), Flags UInt32, Min Float64,
      Max Float64, AggregationTemporality Int32`,
    ),
  ];
}

export function logsTable(name: string): string {
  return `CREATE TABLE ${name} (
    Timestamp DateTime64(9), TraceId String, SpanId String, TraceFlags UInt8, SeverityText LowCardinality(String),
    SeverityNumber UInt8, ServiceName LowCardinality(String), Body String, ResourceSchemaUrl LowCardinality(String),
    ResourceAttributes ${TEXTS}, ScopeName String, LogAttributes ${TEXTS}
  ) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (ServiceName, Timestamp)`;
}
