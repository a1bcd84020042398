import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";
import { formatDuration } from "../../shared/format.ts";
import { eventPlaces } from "./event-places.ts";
import { Part } from "./Part.tsx";

/** What happened at a moment: a small time line, and the same in words. */
export function Events({ span }: { span: SpanAnswer }) {
  const places = eventPlaces(span);
  return (
    <Part title="Events">
      <div className="details-event-line" aria-hidden="true">
        {places.map(({ key, share }) => (
          <i key={key} style={{ left: `${share * 100}%` }} />
        ))}
      </div>
      <ol className="details-events">
        {places.map(({ key, event, offsetMs }) => (
          <li key={key}>
            <span className="details-offset">
              {offsetMs < 0 ? "" : "+"}
              {formatDuration(offsetMs)}
            </span>
            <span className="name mono">{event.name.slice(0, 500)}</span>
            <span className="name soft">
              {Object.entries(event.attributes)
                .map(([name, value]) => `${name}: ${value.slice(0, 500)}`)
                .join(", ")}
            </span>
          </li>
        ))}
      </ol>
    </Part>
  );
}
