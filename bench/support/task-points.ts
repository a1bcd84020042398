/** Requests with the metrics that steps send of themselves, as OTLP/JSON: each of these steps ran once. */
import { seededDice } from "./dice.ts";

/** Of how many tasks there are, in how many pipelines. */
export const TASKS = 100;
const PIPELINES = 10;
/** What a step sends: a duration, a completion and a size. */
export const POINTS_PER_STEP = 3;

/** OpenTelemetry's own bounds for seconds, cut off where no task is so quick. */
const BOUNDS = [1, 2.5, 5, 10, 15, 30, 60, 90, 120, 180, 300, 600, 900, 1_800, 3_600];
const STEPS_PER_REQUEST = 500;

export function taskName(number: number): { pipeline: string; task: string } {
  return { pipeline: `pipeline-${number % PIPELINES}`, task: `task-${number % TASKS}` };
}

/** The steps of some days until now, in turn one of each task, evenly over the time. */
export function* taskPointRequests({
  steps,
  days,
  untilMs,
}: {
  steps: number;
  days: number;
  untilMs: number;
}): Generator<string> {
  const sinceMs = untilMs - days * 86_400_000;
  for (let from = 0; from < steps; from += STEPS_PER_REQUEST) {
    const numbers = Array.from({ length: Math.min(STEPS_PER_REQUEST, steps - from) }, (_, at) => from + at);
    const points = numbers.map((number) =>
      pointsOfStep(number, sinceMs + ((untilMs - sinceMs) * number) / steps),
    );
    yield request([
      {
        name: "tekton.task.duration",
        unit: "s",
        histogram: { aggregationTemporality: 1, dataPoints: points.map(({ duration }) => duration) },
      },
      {
        name: "tekton.task.completions",
        unit: "{completion}",
        sum: {
          aggregationTemporality: 1,
          isMonotonic: true,
          dataPoints: points.map(({ completion }) => completion),
        },
      },
      {
        name: "tekton.task.artifact.size",
        unit: "By",
        gauge: { dataPoints: points.map(({ size }) => size) },
      },
    ]);
  }
}

/** One request with so many series of a histogram. */
export function seriesRequest(series: number, atMs: number): string {
  const dataPoints = Array.from({ length: series }, (_, number) =>
    histogramPoint({ attributes: { queue: `queue-${number}` }, seconds: 1 + (number % 600), atMs }),
  );
  return request([{ name: "bench.wait", unit: "s", histogram: { aggregationTemporality: 1, dataPoints } }]);
}

function pointsOfStep(number: number, atMs: number) {
  const dice = seededDice(`step ${number}`);
  const { pipeline, task } = taskName(number);
  const named = { "tekton.pipeline.name": pipeline, "tekton.task.name": task };
  const ended = { ...named, "cicd.pipeline.task.run.result": dice.below(20) === 0 ? "failure" : "success" };
  const seconds = 5 + dice.below(200_000) / 1_000;
  return {
    duration: histogramPoint({ attributes: ended, seconds, atMs }),
    completion: { ...pointAt(ended, atMs - seconds * 1_000, atMs), asInt: "1" },
    size: {
      ...pointAt({ ...named, "artifact.name": "image" }, atMs, atMs),
      asInt: String(50_000_000 + dice.below(1_000_000)),
    },
  };
}

function histogramPoint({
  attributes,
  seconds,
  atMs,
}: {
  attributes: Record<string, string>;
  seconds: number;
  atMs: number;
}) {
  const place = BOUNDS.findIndex((bound) => seconds <= bound);
  const bucketCounts = new Array<string>(BOUNDS.length + 1).fill("0");
  bucketCounts[place === -1 ? BOUNDS.length : place] = "1";
  return {
    ...pointAt(attributes, atMs - seconds * 1_000, atMs),
    ...{ count: "1", sum: seconds, min: seconds, max: seconds, bucketCounts, explicitBounds: BOUNDS },
  };
}

function pointAt(attributes: Record<string, string>, startMs: number, atMs: number) {
  return {
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    startTimeUnixNano: nanoText(startMs),
    timeUnixNano: nanoText(atMs),
  };
}

function nanoText(ms: number): string {
  return `${Math.floor(ms * 1_000)}000`;
}

function request(metrics: unknown[]): string {
  const resource = { attributes: [{ key: "service.name", value: { stringValue: "tasks" } }] };
  return JSON.stringify({
    resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: "bench" }, metrics }] }],
  });
}
