/** Timelines in, spans out: names, ids, parents, attributes and status of docs/trace-model.md. */
import { compareTimes } from "../tekton/index.ts";
import {
  doubtAttributes,
  type LooseAttributes,
  outcomeAttributes,
  placeAttributes,
  resultAttributes,
} from "./attributes.ts";
import type { Belonging } from "./belonging.ts";
import { earliestFailure } from "./failure.ts";
import { actionOf, pipelineNameOf } from "./identity.ts";
import { type Span, SpanKind } from "./span.ts";
import { spanIds } from "./span-ids.ts";
import { SpanWriter } from "./span-writer.ts";
import { type Place, writeTask } from "./task-spans.ts";
import type { LoneTaskTimeline, RunTimeline, SkippedTimeline, TaskTimeline } from "./timeline.ts";

export interface SpanOptions {
  /** Names of the two timing spans; Konflux services call them waitDuration and executeDuration. */
  timingNames: { wait: string; execute: string };
}

/** The spans of a PipelineRun and its tasks; child PipelineRuns have theirs made on their own. */
export function spansOfRun(run: RunTimeline, belonging: Belonging, { timingNames }: SpanOptions): Span[] {
  const writer = new SpanWriter(belonging);
  const { pipelineRun } = run.family;
  const identity = {
    "k8s.namespace.name": pipelineRun.meta.namespace,
    "tekton.pipeline.name": pipelineNameOf(pipelineRun),
    "tekton.pipelinerun.name": pipelineRun.meta.name,
  };
  const execution = writeExecution(writer, run, identity);
  writeTiming(writer, run, { identity, execution, names: timingNames });
  const parent = { spanId: execution.spanId, remote: false };
  for (const item of inOrder(run)) {
    if ("member" in item) writeTask(writer, item, { identity, parent });
    else writeSkipped(writer, item, { identity, parent });
  }
  return writer.spans;
}

/** The spans of a TaskRun that belongs to no PipelineRun. */
export function spansOfTask(timeline: LoneTaskTimeline, belonging: Belonging): Span[] {
  const writer = new SpanWriter(belonging);
  const identity = { "k8s.namespace.name": timeline.task.taskRun.meta.namespace };
  writeTask(writer, timeline, { identity, parent: belonging.parent, lone: belonging });
  return writer.spans;
}

function writeExecution(writer: SpanWriter, run: RunTimeline, identity: LooseAttributes): Span {
  const { belonging } = writer;
  const { meta, results } = run.family.pipelineRun;
  const action = actionOf(meta);
  const failure = earliestFailure(run);
  return writer.add({
    spanId: run.spanId,
    parent: belonging.parent,
    name: `${action} ${pipelineNameOf(run.family.pipelineRun)}`,
    kind: SpanKind.server,
    interval: run.interval,
    outcome: { ...run.outcome, message: failure?.message ?? run.outcome.message },
    links: belonging.links,
    attributes: {
      "throughline.type": "pipelinerun",
      ...identity,
      "tekton.pipeline_task.name": run.asTask?.name,
      "cicd.pipeline.task.name": run.asTask?.name,
      ...(run.asTask && placeAttributes(run.asTask)),
      "cicd.pipeline.action.name": action,
      ...outcomeAttributes("cicd.pipeline.result", run.outcome),
      "tekton.message": run.outcome.message,
      "tekton.failed.task": failure?.task,
      "tekton.failed.step": failure?.step,
      "throughline.inferred": run.family.inferred || undefined,
      ...doubtAttributes(run.doubts, belonging),
      ...resultAttributes(results),
    },
  });
}

interface TimingContext {
  identity: LooseAttributes;
  execution: Span;
  names: SpanOptions["timingNames"];
}

/** Konflux services time runs themselves and mark the ones they have timed; those are not timed twice. */
function writeTiming(
  writer: SpanWriter,
  run: RunTimeline,
  { identity, execution, names }: TimingContext,
): void {
  const { meta } = run.family.pipelineRun;
  if (meta.annotations["delivery.tekton.dev/timingEmitted"] === "true") return;
  const { parent: context } = writer.belonging;
  const parent =
    context !== undefined && writer.belonging.isPropagated
      ? context
      : { spanId: execution.spanId, remote: false };
  if (run.wait !== undefined) {
    writer.add({
      spanId: spanIds.wait(meta.uid),
      parent,
      name: names.wait,
      interval: run.wait,
      attributes: { "throughline.type": "wait", ...identity },
    });
  }
  if (run.execute !== undefined) {
    writer.add({
      spanId: spanIds.execute(meta.uid),
      parent,
      name: names.execute,
      interval: run.execute,
      outcome: { ...run.outcome, message: execution.statusMessage ?? "" },
      attributes: {
        "throughline.type": "execute",
        ...identity,
        ...outcomeAttributes("cicd.pipeline.result", run.outcome),
      },
    });
  }
}

function writeSkipped(
  writer: SpanWriter,
  skipped: SkippedTimeline,
  { identity, parent }: Required<Place>,
): void {
  const { spanId, name, reason, interval } = skipped;
  writer.add({
    spanId,
    parent,
    name,
    interval,
    attributes: {
      "throughline.type": "skipped",
      ...identity,
      "tekton.pipeline_task.name": name,
      "cicd.pipeline.task.name": name,
      "cicd.pipeline.task.run.result": "skip",
      ...placeAttributes(skipped),
      "tekton.reason": reason,
    },
  });
}

/** Tasks and skipped tasks together, in the order in which they come up. */
function inOrder({ tasks, skipped }: RunTimeline): (TaskTimeline | SkippedTimeline)[] {
  return [...tasks, ...skipped].sort((a, b) => compareTimes(a.interval.startNs, b.interval.startNs));
}
