import { expect } from "vitest";
import type { RunTrace, Span } from "../src/trace/index.ts";

/** What holds for every trace, whatever the input was. */
export function expectSoundTraces(runs: readonly RunTrace[]): void {
  const spans = runs.flatMap((run) => run.resourceSpans.spans);
  const bySpanId = new Map(spans.map((span) => [span.spanId, span]));
  expect(bySpanId.size, "span ids are unique").toBe(spans.length);
  for (const span of spans) expectSoundSpan(span, bySpanId);
  for (const run of runs) expectSoundPath(run);
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
  const shares = resourceSpans.spans.map(
    (span) => (span.attributes["throughline.critical_path_ns"] as bigint | undefined) ?? 0n,
  );
  expect(sum(shares)).toBe(sum(own.map((part) => part.endNs - part.startNs)));
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}
