/** Handing the context of a task to the next one, through a file in a workspace that both have. */
import { context, type SpanContext } from "@opentelemetry/api";
import {
  contextFileOf,
  readContextFile,
  readEnvironment,
  type StepContext,
  writeContextFile,
} from "../context/context.ts";
import { spanContextOf, stepContextOf } from "./active-context.ts";
import { complain } from "./losses.ts";

/**
 * Saves the context of the active span, else of the step, for a later task. The file is `THROUGHLINE_CONTEXT_FILE`, else
 * `/workspace/trace-ctx/traceparent.json`, unless given. Answers whether there was a context and it could be saved.
 */
export function saveTraceContext(file: string = contextFileOf(process.env)): boolean {
  const active = stepContextOf(context.active()) ?? contextOfStep();
  if (active === undefined) return false;
  try {
    writeContextFile(file, active);
    return true;
  } catch (error) {
    complain(error instanceof Error ? error.message : String(error));
    return false;
  }
}

/**
 * What an earlier task saved, to be a span's parent or a link; nothing when there is no such file or it is malformed.
 * `startTaskTelemetry` reads the file by itself.
 *
 * @example withSpan("deploy", { parent: loadTraceContext() }, deploy)
 */
export function loadTraceContext(file: string = contextFileOf(process.env)): SpanContext | undefined {
  const reading = readContextFile(file);
  return reading.kind === "found" ? spanContextOf(reading.context) : undefined;
}

function contextOfStep(): StepContext | undefined {
  const reading = readEnvironment(process.env);
  return reading.kind === "found" ? reading.context : undefined;
}
