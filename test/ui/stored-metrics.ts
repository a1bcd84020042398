import { attributes, sendOtlp } from "./send-otlp.ts";

/** What a task measured in one run, as a step sends it. */
export interface MeasuredRun {
  /** Milliseconds since 1970. */
  timeMs: number;
  pipeline: string;
  task: string;
  durationSeconds: number;
  result: string;
  /** In bytes, by artifact. */
  sizes?: Readonly<Record<string, number>>;
}

/** Upper bounds of the buckets, in seconds. */
const BOUNDS = [1, 5, 10, 30, 60, 120, 300, 600];
const DELTA = 1;

/** Sends what tasks measured to a server's OTLP/HTTP address, a request for each run, as its steps would. */
export async function storeMeasured(otlpHttp: string, runs: readonly MeasuredRun[]): Promise<void> {
  for (const run of runs) await sendOtlp(otlpHttp, { resourceMetrics: [resourceMetricsOf(run)] });
}

function resourceMetricsOf(run: MeasuredRun) {
  return {
    resource: { attributes: attributes({ "service.name": run.task }) },
    scopeMetrics: [{ metrics: [durationOf(run), completionOf(run), sizesOf(run)] }],
  };
}

function durationOf(run: MeasuredRun) {
  const bucket = BOUNDS.findIndex((bound) => run.durationSeconds <= bound);
  const place = bucket === -1 ? BOUNDS.length : bucket;
  const bucketCounts = Array.from({ length: BOUNDS.length + 1 }, (_, index) => (index === place ? "1" : "0"));
  const counted = { count: "1", sum: run.durationSeconds, bucketCounts, explicitBounds: BOUNDS };
  const dataPoints = [{ ...pointOf(run, { "cicd.pipeline.task.run.result": run.result }), ...counted }];
  return {
    name: "tekton.task.duration",
    unit: "s",
    histogram: { aggregationTemporality: DELTA, dataPoints },
  };
}

function completionOf(run: MeasuredRun) {
  const dataPoints = [{ ...pointOf(run, { "cicd.pipeline.task.run.result": run.result }), asInt: "1" }];
  return {
    name: "tekton.task.completions",
    unit: "{completion}",
    sum: { aggregationTemporality: DELTA, isMonotonic: true, dataPoints },
  };
}

function sizesOf(run: MeasuredRun) {
  const dataPoints = Object.entries(run.sizes ?? {}).map(([artifact, bytes]) => ({
    ...pointOf(run, { "artifact.name": artifact }),
    asInt: String(bytes),
  }));
  return { name: "tekton.task.artifact.size", unit: "By", gauge: { dataPoints } };
}

function pointOf({ timeMs, pipeline, task, durationSeconds }: MeasuredRun, more: Record<string, string>) {
  return {
    startTimeUnixNano: `${Math.round(timeMs - durationSeconds * 1000)}000000`,
    timeUnixNano: `${timeMs}000000`,
    attributes: attributes({ "tekton.pipeline.name": pipeline, "tekton.task.name": task, ...more }),
  };
}
