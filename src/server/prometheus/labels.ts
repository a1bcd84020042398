/** Which attributes of a data point become labels, and what they are called. */
import type { ReceivedAttributes, ReceivedResource, ReceivedValue } from "../../otlp/index.ts";
import { labelPair } from "./family.ts";
import { labelName } from "./names.ts";

/** Attributes that have a short name here: those of tasks' metrics, and the service. */
const SHORT: Readonly<Record<string, string>> = {
  "tekton.pipeline.name": "pipeline",
  "tekton.task.name": "task",
  "cicd.pipeline.task.run.result": "result",
  "artifact.name": "artifact",
};

/** What names one run, or something that lives no longer than one: every run would begin series of its own. */
const OF_ONE_RUN =
  /^(?:tekton\.(?:pipelinerun|taskrun|customrun)\b|k8s\.(?:pod|container)\.|container\.id$|cicd\.pipeline\.(?:run|task\.run)\.(?:id|url)|service\.instance\.id$|process\.pid$|host\.id$|trace[._]?id$|span[._]?id$)|(?:^|[._])(?:uid|uuid)$/i;

const MOST_LABELS = 24;
const MOST_VALUE_CHARACTERS = 128;

/**
 * Labels as between the braces, in order of their names. Attributes whose names become one have their values joined, as the
 * specification wants.
 */
export function labelsOf(attributes: ReceivedAttributes, service: string): string {
  const names: string[] = [];
  const values: string[] = [];
  put({ names, values }, "service", service);
  // The order decides which values come first where they are joined, and which labels are left out.
  for (const key of Object.keys(attributes).sort()) {
    if (names.length >= MOST_LABELS) break;
    const short = SHORT[key];
    if (short === undefined && OF_ONE_RUN.test(key)) continue;
    put({ names, values }, short ?? labelName(key), valueText(attributes[key] ?? ""));
  }
  const order = names.map((_, index) => index).sort((a, b) => compare(names[a], names[b]));
  return order.map((index) => labelPair(names[index] ?? "", values[index] ?? "")).join(",");
}

/** Of a resource, as a label. */
export function serviceOf({ attributes }: ReceivedResource): string {
  return valueText(attributes["service.name"] ?? "");
}

function put({ names, values }: { names: string[]; values: string[] }, name: string, value: string): void {
  if (value === "") return;
  const index = names.indexOf(name);
  if (index !== -1) values[index] = cut(`${values[index]};${value}`);
  else {
    names.push(name);
    values.push(value);
  }
}

function compare(a = "", b = ""): number {
  return a < b ? -1 : 1;
}

/** Lists and nested values are no labels. */
function valueText(value: ReceivedValue): string {
  if (typeof value === "string") return cut(value);
  return typeof value === "boolean" || typeof value === "bigint" || typeof value === "number"
    ? String(value)
    : "";
}

/** As much of a text as a label may have. */
export function cut(text: string): string {
  return text.length <= MOST_VALUE_CHARACTERS
    ? text.toWellFormed()
    : text.slice(0, MOST_VALUE_CHARACTERS).toWellFormed();
}
