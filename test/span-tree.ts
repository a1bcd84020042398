import { formatTime } from "../src/tekton/index.ts";
import { type Attributes, type RunTrace, type Span, StatusCode } from "../src/trace/index.ts";

/**
 * A trace as a text a person can review: names, parents, order, seconds, results; no ids.
 *
 *   RUN build-and-test  0 +421s success
 *     clone  1 +12s success
 *       step clone  8 +4s exit 0
 */
export function spanTree(run: RunTrace): string {
  const { spans } = run.resourceSpans;
  const children = groupByParent(spans);
  const known = new Set(spans.map((span) => span.spanId));
  const lines: string[] = [`${run.kind} ${run.namespace}/${run.name} from ${formatTime(run.startNs)}`];
  const write = (span: Span, depth: number): void => {
    lines.push(`${"  ".repeat(depth)}${describe(span, run.startNs)}`);
    for (const child of children.get(span.spanId) ?? []) write(child, depth + 1);
  };
  for (const span of spans)
    if (span.parentSpanId === undefined || !known.has(span.parentSpanId)) write(span, 1);
  const path = run.criticalPath.map(
    (part) => `${part.label ?? part.task ?? ""} ${part.cause} ${seconds(part.endNs - part.startNs)}`,
  );
  if (path.length > 0) lines.push(`  path: ${path.join(", ")}`);
  return `${lines.join("\n")}\n`;
}

function groupByParent(spans: readonly Span[]): Map<string, Span[]> {
  const groups = new Map<string, Span[]>();
  for (const span of spans) {
    const key = span.parentSpanId ?? "";
    groups.set(key, [...(groups.get(key) ?? []), span]);
  }
  return groups;
}

function describe(
  { name, startNs, endNs, attributes, events, links, statusCode, statusMessage }: Span,
  originNs: bigint,
): string {
  const words = [name, ` ${seconds(startNs - originNs)}`, `+${seconds(endNs - startNs)}`];
  if (attributes["throughline.provisional"] === true) words.push("(open)");
  if (attributes["throughline.time.resolution"] === "unknown") words.push("(time unknown)");
  if (attributes["throughline.inferred"] === true) words.push("(inferred)");
  if (attributes["tekton.step.never_started"] === true) words.push("(never started)");
  words.push(...outcome(attributes));
  if (statusCode === StatusCode.error) words.push(`ERROR ${statusMessage}`);
  for (const key of ["tekton.raw.start_time", "tekton.raw.end_time"])
    if (attributes[key]) words.push(`${key}=${attributes[key]}`);
  if (events.length > 0) words.push(`[${events.map((event) => event.name).join(", ")}]`);
  if (links.length > 0)
    words.push(`links: ${links.map((link) => link.attributes["throughline.link"]).join(", ")}`);
  for (const doubt of (attributes["throughline.uncertain"] as readonly string[] | undefined) ?? [])
    words.push(`? ${doubt}`);
  return words.join(" ");
}

function outcome(attributes: Attributes): string[] {
  const result =
    attributes["cicd.pipeline.result"] ??
    attributes["cicd.pipeline.task.run.result"] ??
    attributes["tekton.step.result"];
  const exitCode = attributes["process.exit.code"];
  return [
    ...(result === undefined ? [] : [String(result)]),
    ...(exitCode === undefined ? [] : [`exit ${exitCode}`]),
    ...(attributes["throughline.type"] === "skipped"
      ? [`(${attributes["tekton.reason"] ?? "no reason given"})`]
      : []),
  ];
}

function seconds(duration: bigint): string {
  return `${Number(duration) / 1e9}s`;
}
