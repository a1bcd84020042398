import { createHash } from "node:crypto";
import type { ResourceSpans, RunTrace, Span } from "../trace/index.ts";

/** Digests of spans as they were handed over, by span id. */
export type HandedSpans = ReadonlyMap<string, string>;

export interface ChangedSpans {
  changed: ResourceSpans[];
  /** What is handed over once the changed ones are. */
  handed: HandedSpans;
}

/**
 * The spans that are new or not what they were: one task's end does not send a thousand tasks again.
 *
 * While a run goes on, spans of children that are only inferred are held back: their objects are about to be seen, and
 * then have other ids.
 */
export function changedSpans(runs: readonly RunTrace[], before: HandedSpans): ChangedSpans {
  const isOver = runs.every(({ isComplete }) => isComplete);
  const handed = new Map<string, string>();
  const changed = runs
    .filter(({ isSampled }) => isSampled)
    .map(({ resourceSpans }) => {
      const { resource, scope } = resourceSpans;
      const origin = textOf({ resource, scope });
      const spans = resourceSpans.spans.filter((span) => {
        if (!isOver && span.attributes["throughline.inferred"] === true) return false;
        const digest = digestOf(span, origin);
        handed.set(span.spanId, digest);
        return before.get(span.spanId) !== digest;
      });
      return { resource, scope, spans };
    });
  return { changed: changed.filter(({ spans }) => spans.length > 0), handed };
}

function digestOf(span: Span, origin: string): string {
  return createHash("sha1").update(origin).update(textOf(span)).digest("base64");
}

function textOf(value: object): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? `${inner}n` : inner));
}
