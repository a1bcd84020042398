/**
 * Times inside Throughline are integer nanoseconds since the Unix epoch, in a `bigint`.
 * Kubernetes writes RFC 3339 in UTC: whole seconds for `Time`, microseconds for `MicroTime`
 * (apimachinery, meta/v1); Tekton's entrypoint writes milliseconds.
 */
export type Nanos = bigint;

const NANOS_PER_SECOND = 1_000_000_000n;
const LAYOUT = /^.{4}-.{2}-.{2}[Tt ].{2}:.{2}:.{2}(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/**
 * Reads an RFC 3339 time. Answers `undefined` for anything else, for a date the calendar does not have,
 * and for what is written when a time was never set: year 1 by Go, the epoch by containerd.
 *
 * A dump of a thousand runs holds some hundred thousand times: with `Date` they took longer than all other fields.
 */
export function parseTime(text: string): Nanos | undefined {
  const seconds = secondsOf(text);
  if (seconds === undefined || seconds === 0) return undefined;
  const isPlain = text.length === 20 && text.endsWith("Z") && text[10] === "T" && hasSeparators(text);
  return isPlain ? BigInt(seconds) * NANOS_PER_SECOND : withFractionAndOffset(seconds, text);
}

function hasSeparators(text: string): boolean {
  return text[4] === "-" && text[7] === "-" && text[13] === ":" && text[16] === ":";
}

function withFractionAndOffset(seconds: number, text: string): Nanos | undefined {
  const match = LAYOUT.exec(text);
  if (match === null) return undefined;
  const [, fraction = "", sign, hours, minutes] = match;
  const offset = sign === undefined ? 0 : Number(`${sign}1`) * (Number(hours) * 3600 + Number(minutes) * 60);
  if (seconds < offset) return undefined;
  return BigInt(seconds - offset) * NANOS_PER_SECOND + BigInt(fraction.padEnd(9, "0"));
}

/** Seconds since the epoch of the nineteen characters of date and time, as if they were UTC. */
function secondsOf(text: string): number | undefined {
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  if (!(hour <= 23 && minute <= 59 && second <= 59)) return undefined;
  const days = daysSinceEpoch(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  return days === undefined ? undefined : days * 86_400 + hour * 3600 + minute * 60 + second;
}

/** The number in these characters, or NaN. */
function digits(text: string, start: number, length: number): number {
  let value = 0;
  for (let at = start; at < start + length; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return value;
}

const DAYS_BEFORE_MONTH = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

/** Days from 1970-01-01 in the Gregorian calendar. */
function daysSinceEpoch(year: number, month: number, day: number): number | undefined {
  if (!(year >= 1970 && month >= 1 && month <= 12 && day >= 1 && day <= daysOfMonth(year, month)))
    return undefined;
  const leapDays = leapDaysBefore(month > 2 ? year + 1 : year) - leapDaysBefore(1970);
  return (year - 1970) * 365 + leapDays + (DAYS_BEFORE_MONTH[month - 1] ?? 0) + day - 1;
}

function daysOfMonth(year: number, month: number): number {
  if (month === 2) return leapDaysBefore(year + 1) - leapDaysBefore(year) + 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Leap days in all years before this one. */
function leapDaysBefore(year: number): number {
  const years = year - 1;
  return Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);
}

/** RFC 3339 in UTC with as many of nine fraction digits as the time needs. */
export function formatTime(time: Nanos): string {
  const seconds = new Date(Number(time / NANOS_PER_SECOND) * 1000).toISOString().slice(0, 19);
  const fraction = time % NANOS_PER_SECOND;
  if (fraction === 0n) return `${seconds}Z`;
  return `${seconds}.${fraction.toString().padStart(9, "0").replace(/0+$/, "")}Z`;
}

/** For sorting by time. */
export function compareTimes(a: Nanos, b: Nanos): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
