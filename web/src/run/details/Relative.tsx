import { formatDuration } from "../../shared/format.ts";
import { type Trace, textAt } from "../model/trace.ts";

/** Another span of the trace, by name and length: pressing it goes there. */
export function Relative({
  trace,
  index,
  onReveal,
}: {
  trace: Trace;
  index: number;
  onReveal: (index: number) => void;
}) {
  return (
    <button type="button" className="details-relative" onClick={() => onReveal(index)}>
      <span className="clip mono">{textAt(trace, trace.name, index).slice(0, 200) || "(no name)"}</span>
      <span className="soft">{formatDuration(trace.durationsMs[index] ?? 0)}</span>
    </button>
  );
}
