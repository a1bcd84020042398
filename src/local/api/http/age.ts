/** Times as `kubectl get` shows them (apimachinery, pkg/util/duration HumanDuration). */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

interface Scale {
  /** Below it, in milliseconds. */
  below: number;
  unit: [number, string];
  /** Shown too, unless it is none. */
  rest?: [number, string];
}

const SCALES: readonly Scale[] = [
  { below: 2 * MINUTE, unit: [SECOND, "s"] },
  { below: 10 * MINUTE, unit: [MINUTE, "m"], rest: [SECOND, "s"] },
  { below: 3 * HOUR, unit: [MINUTE, "m"] },
  { below: 8 * HOUR, unit: [HOUR, "h"], rest: [MINUTE, "m"] },
  { below: 2 * DAY, unit: [HOUR, "h"] },
  { below: 8 * DAY, unit: [DAY, "d"], rest: [HOUR, "h"] },
  { below: 2 * YEAR, unit: [DAY, "d"] },
  { below: 8 * YEAR, unit: [YEAR, "y"], rest: [DAY, "d"] },
  { below: Infinity, unit: [YEAR, "y"] },
];

/** How long ago a time was, e.g. `5m10s`; undefined for none. */
export function ageOf(time: unknown, nowMillis: number): string | undefined {
  const millis = typeof time === "string" ? Date.parse(time) : Number.NaN;
  if (Number.isNaN(millis)) return undefined;
  return humanDuration(nowMillis - millis);
}

function humanDuration(millis: number): string {
  const duration = Math.max(0, millis);
  const scale = SCALES.find(({ below }) => duration < below);
  if (scale === undefined) return "";
  const [size, letter] = scale.unit;
  const whole = `${Math.floor(duration / size)}${letter}`;
  const [restSize, restLetter] = scale.rest ?? [size, ""];
  const rest = Math.floor((duration % size) / restSize);
  return scale.rest !== undefined && rest > 0 ? `${whole}${rest}${restLetter}` : whole;
}
