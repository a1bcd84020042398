import { expect } from "vitest";
import type { RunTrace, Span } from "../src/trace/index.ts";

/** What holds for every trace, whatever the input was. */
export function expectSoundTraces(runs: readonly RunTrace[]): void {
  const spans = runs.flatMap((run) => run.resourceSpans.spans);
  const bySpanId = new Map(spans.map((span) => [span.spanId, span]));
  expect(bySpanId.size, "span ids are unique").toBe(spans.length);
  for (const span of spans) expectSoundSpan(span, bySpanId);
  for (const run of runs) {
    expectSoundPath(run);
    expectSoundTaskShares(run, runs);
    expectSoundWaits(run);
  }
}

const PARENT_IS_REMOTE = 0x200;

function expectSoundSpan(span: Span, bySpanId: ReadonlyMap<string, Span>): void {
  expect(span.traceId).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
  expect(span.spanId).toMatch(/^(?!0+$)[0-9a-f]{16}$/);
  expect(span.endNs >= span.startNs, `${span.name} ends after it starts`).toBe(true);
  expect(span.statusCode !== 0, `${span.name} says error.type exactly when it is an error`).toBe(
    "error.type" in span.attributes,
  );
  for (const event of span.events) {
    expect(
      event.timeNs >= span.startNs && event.timeNs <= span.endNs,
      `${event.name} within ${span.name}`,
    ).toBe(true);
  }
  if (span.parentSpanId === undefined || (span.flags & PARENT_IS_REMOTE) !== 0) return;
  const parent = bySpanId.get(span.parentSpanId);
  expect(parent, `the parent of ${span.name} exists or is remote`).toBeDefined();
  if (parent === undefined) return;
  expect(parent.traceId).toBe(span.traceId);
  expect(
    span.startNs >= parent.startNs && span.endNs <= parent.endNs,
    `${span.name} within ${parent.name}`,
  ).toBe(true);
}

function expectSoundPath({ name, startNs, endNs, criticalPath, resourceSpans }: RunTrace): void {
  let cursor = startNs;
  for (const part of criticalPath) {
    expect(part.startNs, `the critical path of ${name} has no gaps`).toBe(cursor);
    expect(part.endNs > part.startNs).toBe(true);
    expect(part.spanId, `${part.cause} belongs to a span`).toMatch(/^[0-9a-f]{16}$/);
    cursor = part.endNs;
  }
  expect(cursor, `the critical path of ${name} adds up`).toBe(endNs);
  const ids = new Set(resourceSpans.spans.map((span) => span.spanId));
  const own = criticalPath.filter((part) => ids.has(part.spanId));
  const shares = resourceSpans.spans.map((span) => intOf(span, "throughline.critical_path_ns"));
  expect(sum(shares)).toBe(sum(own.map(lengthOf)));
}

/** What tasks say of themselves is what the path says of them; a pipeline in a pipeline is a task of its owner. */
function expectSoundTaskShares(run: RunTrace, runs: readonly RunTrace[]): void {
  const { spans } = run.resourceSpans;
  const below = sharesBelow(spans);
  const own = spans.filter(({ attributes }) =>
    /^(task|custom)run$/.test(String(attributes["throughline.type"])),
  );
  for (const task of own) {
    expect(taskShare(task), `${task.name} has the shares of all below it`).toBe(below.get(task.spanId));
  }
  const called = runs.filter(({ parentUid }) => parentUid === run.uid);
  const tasks = [...own, ...called.flatMap(executionSpan)];
  for (const task of tasks)
    expect(taskShare(task) <= lengthOf(task), `${task.name} is on the path no longer than it took`).toBe(
      true,
    );
  const onPath = run.criticalPath.filter((part) => part.task !== undefined);
  expect(sum(tasks.map(taskShare)), `the tasks of ${run.name} add up`).toBe(sum(onPath.map(lengthOf)));
}

/** The shares of each span and all below it. Parents come before their children. */
function sharesBelow(spans: readonly Span[]): Map<string, bigint> {
  const totals = new Map<string, bigint>();
  for (const span of spans.toReversed()) {
    const total = (totals.get(span.spanId) ?? 0n) + intOf(span, "throughline.critical_path_ns");
    totals.set(span.spanId, total);
    if (span.parentSpanId !== undefined)
      totals.set(span.parentSpanId, (totals.get(span.parentSpanId) ?? 0n) + total);
  }
  return totals;
}

function taskShare(span: Span): bigint {
  return intOf(span, "throughline.task.critical_path_ns");
}

/** The span of the run as a whole. */
function executionSpan({ spanId, resourceSpans }: RunTrace): Span[] {
  return resourceSpans.spans.filter((span) => span.spanId === spanId);
}

const WAITING = ["schedule", "pull", "init", "queue", "controller", "start"];

function expectSoundWaits(run: RunTrace): void {
  for (const span of run.resourceSpans.spans) {
    const wait = intOf(span, "throughline.wait_ns");
    expect(wait >= 0n && wait <= lengthOf(span), `${span.name} waits no longer than it takes`).toBe(true);
  }
  if (run.kind === "TaskRun") return;
  const waits = executionSpan(run).map((span) => intOf(span, "throughline.wait_ns"));
  const work = run.criticalPath.filter(({ cause }) => !WAITING.includes(cause)).map(lengthOf);
  expect(sum([...waits, ...work]), `${run.name} waits or works`).toBe(lengthOf(run));
}

function lengthOf({ startNs, endNs }: { startNs: bigint; endNs: bigint }): bigint {
  return endNs - startNs;
}

/** A number the span says, zero where it does not. */
function intOf({ attributes }: Span, key: string): bigint {
  return (attributes[key] as bigint | undefined) ?? 0n;
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
