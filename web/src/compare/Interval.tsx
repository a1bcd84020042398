import type { Difference } from "../../../src/insight/answers/index.ts";
import { formatChange } from "../shared/format.ts";
import { placeOnInterval, verdictOf } from "./verdict.ts";

/** A change with its interval of confidence, on a scale with zero in the middle. */
export function Interval({ difference, scaleMs }: { difference: Difference; scaleMs: number }) {
  const { changeMs, lowMs, highMs } = difference;
  const words = `between ${formatChange(lowMs)} and ${formatChange(highMs)}`;
  const low = placeOnInterval(lowMs, scaleMs);
  const high = placeOnInterval(highMs, scaleMs);
  return (
    <span className="interval" data-verdict={verdictOf(difference)} title={words}>
      <span className="visually-hidden">{words}</span>
      <span className="interval-range" style={{ left: percent(low), width: percent(high - low) }} />
      <span className="interval-change" style={{ left: percent(placeOnInterval(changeMs, scaleMs)) }} />
    </span>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
