import { SPAN_FLAGS, type SpanAnswer } from "../../../../src/insight/answers/index.ts";
import { formatDuration, formatTime } from "../../shared/format.ts";
import type { Trace } from "../model/trace.ts";
import { Part } from "./Part.tsx";

/** When a span was, and how well that is known. */
export function Times({ span, trace, index }: { span: SpanAnswer; trace: Trace; index: number }) {
  const flags = trace.flags[index] ?? 0;
  const isCoarse = (flags & SPAN_FLAGS.coarse) !== 0;
  const startMs = Date.parse(span.startTime);
  const isProvisional = (flags & SPAN_FLAGS.provisional) !== 0;
  return (
    <Part title="Time">
      <dl className="details-times">
        <dt>Start</dt>
        <dd>
          {exact(startMs, isCoarse)}{" "}
          <span className="soft">+{formatDuration(trace.startMs[index] ?? 0)}</span>
        </dd>
        <dt>{isProvisional ? "Last seen" : "End"}</dt>
        <dd>{exact(startMs + span.durationMs, isCoarse)}</dd>
        <dt>Duration</dt>
        <dd>{exactDuration(span.durationMs)}</dd>
      </dl>
      {isCoarse && (
        <p className="faint">
          {span.attributes["throughline.time.resolution"] === "unknown" ? UNKNOWN : TO_THE_SECOND}
        </p>
      )}
    </Part>
  );
}

const TO_THE_SECOND = "Start or end is known to the second only: each may be up to a second later.";
const UNKNOWN = "Neither start nor end is known; the span is where it must have been.";

function exact(timeMs: number, isCoarse: boolean): string {
  const toTheSecond = formatTime(timeMs);
  return isCoarse
    ? toTheSecond
    : `${toTheSecond}.${String(new Date(timeMs).getMilliseconds()).padStart(3, "0")}`;
}

/** With all its milliseconds, where the common way to say it drops them. */
function exactDuration(durationMs: number): string {
  const common = formatDuration(durationMs);
  const seconds = `${Number((durationMs / 1000).toFixed(6))}s`;
  return common === seconds || durationMs % 1000 === 0 ? common : `${common} (${seconds})`;
}
