import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";

/** A span as the server answers it, with what a test does not care about filled in. */
export function spanFrom(span: Partial<SpanAnswer>): SpanAnswer {
  return {
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    name: "step test",
    kind: "Internal",
    service: "tekton",
    startTime: "2026-11-08T09:00:00Z",
    durationMs: 37_000,
    status: "unset",
    attributes: {},
    resource: {},
    events: [],
    links: [],
    logs: [],
    ...span,
  };
}
