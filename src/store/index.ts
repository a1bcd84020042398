// Storing

export { type EmbeddedStoreOptions, openEmbeddedStore } from "./embedded/store.ts";
export { openRemoteStore, type RemoteStoreOptions } from "./remote/store.ts";
export {
  type Added,
  type Fields,
  type Query,
  StoreError,
  type StoreHealth,
  type StoreStatistics,
  type Tables,
  type TraceStore,
} from "./trace-store.ts";

// What is stored, in words

export { attributeText } from "./attribute-text.ts";
export { spanTypeOf } from "./span-type.ts";

// Asking

export { type GroupSummary, runGroup, taskGroups } from "./queries/compare.ts";
export {
  type ErrorCounts,
  type ErrorQuestion,
  type ErrorSubject,
  errorCounts,
  errorMessages,
  exitCodes,
  type FlakyCommit,
  failedSteps,
  flakyCommits,
  flakyRetries,
  type MessageCount,
  type Subject,
  VARYING_WORD,
} from "./queries/errors.ts";
export type { RunFilters, TaskFilters } from "./queries/filters.ts";
export {
  findTraces,
  operationsOfService,
  type ServiceLink,
  type ServiceShare,
  serviceLinks,
  serviceNames,
  serviceShares,
  type TraceSearch,
} from "./queries/jaeger.ts";
export { logsOfSpan, type StoredLog } from "./queries/logs.ts";
export {
  type MetricFilters,
  metricNames,
  metricPoints,
  type StoredMetric,
  type StoredPoint,
} from "./queries/metrics.ts";
export {
  type PipelineSummary,
  pipelineSummaries,
  type TrendPoint,
  trendPoints,
} from "./queries/pipelines.ts";
export { runHistogram, timesOfRuns } from "./queries/run-histogram.ts";
export {
  countOfRuns,
  pageOfRuns,
  type RunCursor,
  type RunName,
  type RunOrder,
  type RunPage,
  runsNamed,
  runsOfTrace,
  type StoredRun,
} from "./queries/runs.ts";
export { countOfSpans, newestArrival, rootOfTrace, searchRuns, type TraceRoot } from "./queries/search.ts";
export {
  artifactSizes,
  type MeasuredDurations,
  measuredTasks,
  TASK_METRICS,
  type TaskMetricFilters,
  taskCompletions,
  taskDurations,
  timesOfTaskMetrics,
} from "./queries/task-metrics.ts";
export {
  latestRuns,
  type RunSpan,
  type TaskSummary,
  type TasksOfRun,
  taskSummaries,
  tasksOfRuns,
  timeOfPipelines,
} from "./queries/tasks.ts";
export { type StoredSpan, spanById, spansOfTraces } from "./queries/trace.ts";
export { type TaskShape, type TraceShape, traceShape } from "./queries/trace-shape.ts";
export { fieldValues, VALUE_FIELDS, type ValueField, type ValuesQuestion } from "./queries/values.ts";
