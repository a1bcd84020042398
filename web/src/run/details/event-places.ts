import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";

export interface EventPlace {
  key: string;
  event: SpanAnswer["events"][number];
  /** Milliseconds from the span's start. */
  offsetMs: number;
  /** From 0 to 1 on a line as long as the span. */
  share: number;
}

/** Where the events of a span are, in order of time. Clocks differ: an event outside its span is put at the nearer end. */
export function eventPlaces({ events, startTime, durationMs }: SpanAnswer): EventPlace[] {
  const startMs = Date.parse(startTime);
  return events
    .map((event, index) => {
      const offsetMs = Date.parse(event.time) - startMs;
      const share = durationMs > 0 ? Math.max(0, Math.min(1, offsetMs / durationMs)) : 0;
      return { key: `${index}`, event, offsetMs, share };
    })
    .sort((a, b) => a.offsetMs - b.offsetMs);
}
