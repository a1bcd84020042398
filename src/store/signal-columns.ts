/** Columns of metrics and logs. */
import type { Column, DerivedColumn } from "./columns.ts";
import { sql } from "./sql.ts";

const LOW = "LowCardinality(String)";
const TEXTS = "Map(LowCardinality(String), String)";

/**
 * A row for each data point of any kind. `Kind` is `gauge`, `sum`, `histogram`, `exponentialHistogram` or `summary`.
 * `Value` is that of a gauge or sum. `Bounds` are the upper bounds of `BucketCounts`, which has one more (the exponential ones are
 * written out); of a summary, the quantiles, with their values in `QuantileValues`. `Series` tells points of one series from
 * those of another; `Point` tells points of one series at one time from each other: those of processes that share a resource, which
 * metrics do, as their resource names no run. `StartTime` is since when it counts, 1970 when not told.
 */
export const METRIC_COLUMNS: readonly Column[] = [
  { name: "Timestamp", type: "DateTime64(9)", codec: "Delta(8), ZSTD(1)" },
  { name: "StartTime", type: "DateTime64(9)", codec: "Delta(8), ZSTD(1)" },
  { name: "MetricName", type: LOW },
  { name: "Unit", type: LOW },
  { name: "Kind", type: LOW },
  { name: "Temporality", type: LOW },
  { name: "IsMonotonic", type: "UInt8" },
  { name: "ServiceName", type: LOW },
  { name: "ResourceAttributes", type: TEXTS },
  { name: "ScopeName", type: LOW },
  { name: "Attributes", type: TEXTS },
  { name: "Series", type: "UInt64" },
  { name: "Value", type: "Float64" },
  { name: "Count", type: "UInt64" },
  { name: "Sum", type: "Float64" },
  { name: "Min", type: "Float64" },
  { name: "Max", type: "Float64" },
  { name: "Bounds", type: "Array(Float64)" },
  { name: "BucketCounts", type: "Array(UInt64)" },
  { name: "QuantileValues", type: "Array(Float64)" },
  { name: "Point", type: "UInt64", since: 2 },
];

/** Which task a data point is of; empty where it is of none. Beside the attributes, which take long to read. */
export const TASK_OF_POINT_COLUMNS: readonly DerivedColumn[] = [
  { name: "Pipeline", type: LOW, from: sql`Attributes['tekton.pipeline.name']` },
  { name: "Task", type: LOW, from: sql`Attributes['tekton.task.name']` },
];

/** A row for each log record that belongs to a trace. */
export const LOG_COLUMNS: readonly Column[] = [
  { name: "Timestamp", type: "DateTime64(9)", codec: "Delta(8), ZSTD(1)" },
  { name: "TraceId", type: "String" },
  { name: "SpanId", type: "String" },
  { name: "SeverityText", type: LOW },
  { name: "SeverityNumber", type: "Int32" },
  { name: "ServiceName", type: LOW },
  { name: "EventName", type: LOW },
  { name: "Body", type: "String" },
  { name: "ResourceAttributes", type: TEXTS },
  { name: "ScopeName", type: LOW },
  { name: "LogAttributes", type: TEXTS },
];
