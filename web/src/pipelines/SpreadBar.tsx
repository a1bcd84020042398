import { placeOnScale } from "../shared/duration-scale.ts";
import "./spread-bar.css";

/** Median and 95th percentile on a scale of `scaleMs`: solid up to the one, a thin line on to the other. */
export function SpreadBar({ p50Ms, p95Ms, scaleMs }: { p50Ms: number; p95Ms: number; scaleMs: number }) {
  const p50 = placeOnScale(p50Ms, scaleMs).share;
  const p95 = placeOnScale(p95Ms, scaleMs).share;
  return (
    <span className="spread" aria-hidden="true">
      <span className="spread-line" style={{ left: `${p50 * 100}%`, width: `${(p95 - p50) * 100}%` }} />
      <span className="spread-bar" style={{ width: `${p50 * 100}%` }} />
    </span>
  );
}
