/** What spans say of pipeline runs, in a few words each: a request of many spans has few runs. */
import type { ReceivedSpan } from "../../otlp/index.ts";
import { attributeText, spanTypeOf } from "../../store/index.ts";
import { cut } from "./labels.ts";

/**
 * `run` is the execution of a pipeline, `wait` the time until it started, `execute` what came then, `finally` a task that runs after
 * all others.
 */
export interface RunNote {
  kind: "run" | "wait" | "execute" | "finally";
  /** The same for all notes of one run. */
  run: string;
  startNs: bigint;
  endNs: bigint;
  /** Not over yet: `endNs` is the last moment known. */
  isOpen: boolean;
  /** Of a `run`. */
  outcome?: RunOutcome;
}

export interface RunOutcome {
  pipeline: string;
  /** Empty where the run does not say. */
  result: string;
  errorType: string;
  /** Whether its system tells apart waiting from executing: Tekton does. */
  tellsStates: boolean;
}

export function notesOf(spans: readonly ReceivedSpan[]): RunNote[] {
  return spans.flatMap((span) => {
    const kind = kindOf(span);
    return kind === undefined ? [] : [noteOf(span, kind)];
  });
}

function kindOf(span: ReceivedSpan): RunNote["kind"] | undefined {
  const type = spanTypeOf(span);
  if (type === "pipelinerun") return "run";
  if (type === "wait" || type === "execute") return type;
  const isTask = type === "taskrun" || type === "customrun";
  return isTask && span.attributes["tekton.member_of"] === "finally" ? "finally" : undefined;
}

function noteOf(span: ReceivedSpan, kind: RunNote["kind"]): RunNote {
  const { traceId, startNs, endNs, attributes } = span;
  const name = textOf(span, "tekton.pipelinerun.name");
  const run = name === "" ? `${traceId}/${span.spanId}` : `${traceId}/${name}`;
  const isOpen = attributes["throughline.provisional"] === true;
  const note = { kind, run, startNs, endNs, isOpen };
  return kind === "run" ? { ...note, outcome: outcomeOf(span) } : note;
}

function outcomeOf(span: ReceivedSpan): RunOutcome {
  return {
    pipeline: pipelineOf(span),
    result: cut(textOf(span, "cicd.pipeline.result")),
    errorType: cut(textOf(span, "error.type")),
    tellsStates: textOf(span, "throughline.type") !== "",
  };
}

/** A run of no pipeline is called by its own name, and each would have series of its own. */
function pipelineOf(span: ReceivedSpan): string {
  const name = textOf(span, "tekton.pipeline.name") || textOf(span, "cicd.pipeline.name");
  return name === "" || name === textOf(span, "tekton.pipelinerun.name") ? "_OTHER" : cut(name);
}

function textOf({ attributes, resource }: ReceivedSpan, key: string): string {
  const value = attributes[key] ?? resource.attributes[key];
  return value === undefined ? "" : attributeText(value);
}
