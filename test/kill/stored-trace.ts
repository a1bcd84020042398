import { eventually } from "./cluster.ts";

/** What is to be the same in every account of a span. */
export interface StoredSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: Readonly<Record<string, unknown>>;
  events: readonly SpanEvent[];
  /** Ids of the spans it is linked to. */
  links: readonly string[];
  status: { code?: number; message?: string };
}

interface SpanEvent {
  name: string;
  timeUnixNano: string;
  attributes: Readonly<Record<string, unknown>>;
}

interface Attribute {
  key: string;
  value: { arrayValue?: { values?: object[] }; [type: string]: unknown };
}

/** A span in OTLP/JSON: what is empty may be left out. */
type WireSpan = Omit<StoredSpan, "attributes" | "events" | "links" | "status"> & {
  attributes?: Attribute[];
  events?: { name: string; timeUnixNano: string; attributes?: Attribute[] }[];
  links?: { spanId: string }[];
  status?: StoredSpan["status"];
};

export interface TracesData {
  resourceSpans: { scopeSpans: { spans: WireSpan[] }[] }[];
}

/** The spans of OTLP/JSON, in no particular order. */
export function spansIn({ resourceSpans }: TracesData): StoredSpan[] {
  return resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans)
    .flatMap(({ spans }) => spans)
    .map((span) => ({
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: span.parentSpanId,
      name: span.name,
      kind: span.kind,
      startTimeUnixNano: span.startTimeUnixNano,
      endTimeUnixNano: span.endTimeUnixNano,
      attributes: record(span.attributes),
      events: (span.events ?? []).map(({ name, timeUnixNano, attributes }) => ({
        name,
        timeUnixNano,
        attributes: record(attributes),
      })),
      links: (span.links ?? []).map(({ spanId }) => spanId),
      status: span.status ?? {},
    }));
}

function record(attributes: readonly Attribute[] = []): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, plainValue(value)]));
}

/** A list as its JSON text, which is how a store keeps it. */
function plainValue({ arrayValue, ...value }: Attribute["value"]): unknown {
  if (arrayValue === undefined) return Object.values(value)[0];
  return JSON.stringify(arrayValue.values?.map((each) => Object.values(each)[0]) ?? []);
}

/** What a server has of a trace; nothing if it knows nothing of it. */
async function storedSpans(ui: string, traceId: string): Promise<StoredSpan[]> {
  const answer = await fetch(`${ui}/api/v3/traces/${traceId}`);
  if (answer.status === 404) return [];
  return spansIn(((await answer.json()) as { result: TracesData }).result);
}

/** A trace as it is when all of it is there: its run over, nothing provisional. */
export function closedTrace(ui: string, traceId: string): Promise<StoredSpan[]> {
  return eventually(`trace ${traceId} is closed`, async () => {
    const spans = await storedSpans(ui, traceId);
    const isThere = spans.some(({ attributes }) => attributes["throughline.type"] === "pipelinerun");
    return isThere && !spans.some(isProvisional) ? spans : undefined;
  });
}

function isProvisional({ attributes }: StoredSpan): boolean {
  return attributes["throughline.provisional"] === true;
}

export function isReconcile({ attributes }: StoredSpan): boolean {
  return attributes["throughline.type"] === "reconcile";
}

const RESULTS = [
  "cicd.pipeline.result",
  "cicd.pipeline.task.run.result",
  "tekton.step.result",
  "tekton.reason",
  "process.exit.code",
];

/**
 * The spans of the model, one line each: the names from the root down, what came of it, and the states it went through.
 * The same for two runs of a file.
 */
export function outline(spans: readonly StoredSpan[]): string[] {
  const pathOf = paths(spans);
  return spans
    .filter((span) => !isReconcile(span))
    .map((span) => {
      const results = RESULTS.flatMap((key) => span.attributes[key] ?? []);
      const states = span.events.map(({ name }) => name).filter(isTransition);
      return [pathOf(span), ...results, ...states].join(" | ");
    })
    .sort();
}

/** Where the spans of reconcilers hang: the path of the span of the model above, and the name of the pass. */
export function passes(spans: readonly StoredSpan[]): Set<string> {
  const pathOf = paths(spans);
  const parents = new Map(spans.map((span) => [span.spanId, span]));
  const roots = spans.filter((span) => {
    const parent = parents.get(span.parentSpanId ?? "");
    return isReconcile(span) && (parent === undefined || !isReconcile(parent));
  });
  return new Set(roots.map(pathOf));
}

function paths(spans: readonly StoredSpan[]): (span: StoredSpan) => string {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  return (span) => {
    const names: string[] = [];
    for (let at: StoredSpan | undefined = span; at !== undefined; at = byId.get(at.parentSpanId ?? ""))
      names.unshift(at.name);
    return names.join(" / ");
  };
}

/** States that passes say a step came to more often than there were attempts at it. */
export function repeatedTransitions(spans: readonly StoredSpan[]): string[] {
  const stepOf = ({ attributes }: Pick<StoredSpan, "attributes">) => String(attributes["tekton.step.name"]);
  const taskRunOf = ({ attributes }: StoredSpan) => String(attributes["tekton.taskrun.name"]);
  const attempts = count(
    spans
      .filter(({ attributes }) => attributes["throughline.type"] === "step")
      .map((span) => `${taskRunOf(span)} ${stepOf(span)}`),
  );
  const told = spans
    .filter(isReconcile)
    .flatMap((span) =>
      span.events
        .filter(({ name }) => isTransition(name))
        .map((event) => ({ step: `${taskRunOf(span)} ${stepOf(event)}`, state: event.name })),
    );
  const times = count(told.map(({ step, state }) => `${step} ${state}`));
  return told
    .filter(({ step, state }) => (times.get(`${step} ${state}`) ?? 0) > (attempts.get(step) ?? 0))
    .map(({ step, state }) => `${step} ${state}`);
}

function count(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** What only a watcher sees, a waiting reason that came and went, is no part of it. */
function isTransition(name: string): boolean {
  return name === "running" || name === "terminated";
}
