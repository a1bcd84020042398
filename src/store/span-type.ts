import type { ReceivedAttributes, ReceivedSpan } from "../otlp/index.ts";
import { attributeText } from "./attribute-text.ts";

const SERVER = 2;

/**
 * What a span is: its `throughline.type`, or `pipelinerun` or `taskrun` for spans of others that follow OpenTelemetry's
 * semantic conventions for CI/CD, or the empty text. The same rule as `SPAN_TYPE` in SQL; a test holds them together.
 */
export function spanTypeOf({ attributes, resource, parentSpanId, kind }: ReceivedSpan): string {
  const own = textOf(attributes, "throughline.type");
  if (own !== "") return own;
  const has = (key: string) => textOf(attributes, key) !== "";
  if (has("cicd.pipeline.task.run.id") || has("cicd.pipeline.task.run.result")) return "taskrun";
  if (parentSpanId !== undefined && kind !== SERVER) return "";
  const isRun =
    has("cicd.pipeline.result") ||
    ["cicd.pipeline.name", "cicd.pipeline.run.id"].some(
      (key) => has(key) || textOf(resource.attributes, key) !== "",
    );
  return isRun ? "pipelinerun" : "";
}

function textOf(attributes: ReceivedAttributes, key: string): string {
  const value = attributes[key];
  return value === undefined ? "" : attributeText(value);
}
