import "./duration-bar.css";
import { placeOnScale } from "./duration-scale.ts";

/** A duration as a bar on a scale of `scaleMs`: what was waited is hatched, then what was worked. Running ones end softly. */
export function DurationBar({
  durationMs,
  waitMs,
  scaleMs,
  isRunning = false,
}: {
  durationMs: number;
  waitMs: number;
  scaleMs: number;
  isRunning?: boolean;
}) {
  const whole = placeOnScale(durationMs, scaleMs);
  const wait = placeOnScale(Math.min(waitMs, durationMs), scaleMs);
  const className = `duration-bar${isRunning ? " is-running" : ""}${whole.isBeyond ? " is-beyond" : ""}`;
  return (
    <span className={className} aria-hidden="true">
      {wait.share > 0 && (
        <span className="duration-bar-wait hatched" style={{ width: percent(wait.share) }} />
      )}
      <span className="duration-bar-work" style={{ width: percent(whole.share - wait.share) }} />
    </span>
  );
}

function percent(share: number): string {
  return `${(share * 100).toFixed(2)}%`;
}
