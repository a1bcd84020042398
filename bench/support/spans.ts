/**
 * Spans of made-up runs, as the trace model (docs/trace-model.md) would tell them: 50 for each run (the run, wait and
 * execute, 8 TaskRuns, 39 phases and steps), 12 resource attributes, about 11 attributes and one event on each span. What has
 * many values in real life has many here: UIDs, names of runs and Pods, commits, times.
 *
 * The model itself would say a little more (images, display names, results). What the questions are about is all there.
 */
import { encodeJson, encodeProtobuf } from "../../src/otlp/index.ts";
import { type ResourceSpans, type Span, SpanKind, StatusCode } from "../../src/trace/index.ts";
import { type Dice, seededDice } from "./dice.ts";
import { type Period, type RunStory, runStory } from "./run-story.ts";
import {
  phaseSpans,
  resourceOf,
  runNames,
  runSpan,
  type SpanPlan,
  stepSpans,
  taskNames,
  taskSpan,
  timingSpans,
} from "./span-plans.ts";

export const SPANS_PER_RUN = 50;
const NANOS_PER_MICRO = 1_000n;
const SAMPLED = 0x01;
const PARENT_IS_LOCAL = 0x100;

/** The spans of run number `index` of a period: always the same. */
export function runSpans(index: number, period: Period): ResourceSpans {
  const story = runStory(index, period);
  return {
    resource: resourceOf(story),
    scope: { name: "throughline", version: "0.1.0" },
    spans: spansOf(story, seededDice(`spans of run ${index}`)),
  };
}

/** The trace id of that run: its UID without dashes. */
export function runTraceId(index: number, period: Period): string {
  return traceIdOf(runStory(index, period));
}

/** An `ExportTraceServiceRequest` with the runs from number `from`, in time order. */
export function traceRequest({
  from,
  runs,
  period,
  format,
}: {
  from: number;
  runs: number;
  period: Period;
  format: "protobuf" | "json";
}): Buffer {
  const spans = Array.from({ length: runs }, (_, position) => runSpans(from + position, period));
  return Buffer.from(format === "json" ? encodeJson(spans) : encodeProtobuf(spans));
}

function traceIdOf({ uid }: RunStory): string {
  return uid.replaceAll("-", "");
}

function spansOf(story: RunStory, dice: Dice): Span[] {
  const make = (plan: SpanPlan) => spanOf(plan, story, dice);
  const run = make(runSpan(story));
  const timings = timingSpans(story).map((timing) => make({ ...timing, parent: run }));
  const tasks = story.tasks.flatMap((task) => {
    const taskRun = make({ ...taskSpan(story, task), parent: run });
    const within = [...phaseSpans(task), ...stepSpans(task)].map((inner) =>
      make({ ...inner, attributes: { ...taskNames(story, task), ...inner.attributes }, parent: taskRun }),
    );
    return [taskRun, ...within];
  });
  return [run, ...timings, ...tasks];
}

function spanOf(plan: SpanPlan, story: RunStory, dice: Dice): Span {
  const at = (us: number) => story.startNs + BigInt(us) * NANOS_PER_MICRO;
  return {
    traceId: traceIdOf(story),
    spanId: dice.hex(8),
    parentSpanId: plan.parent?.spanId,
    flags: plan.parent === undefined ? SAMPLED : SAMPLED | PARENT_IS_LOCAL,
    name: plan.name,
    kind: plan.parent === undefined ? SpanKind.server : SpanKind.internal,
    startNs: at(plan.fromUs),
    endNs: at(plan.toUs),
    attributes: { ...runNames(story), ...plan.attributes },
    events: [{ name: plan.event.name, timeNs: at(plan.event.atUs), attributes: plan.event.attributes }],
    links: [],
    statusCode: plan.message === undefined ? StatusCode.unset : StatusCode.error,
    statusMessage: plan.message,
  };
}
