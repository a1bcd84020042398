/**
 * Times inside Throughline are integer nanoseconds since the Unix epoch, in a `bigint`.
 * Kubernetes writes RFC 3339 in UTC: whole seconds for `Time`, microseconds for `MicroTime`
 * (apimachinery, meta/v1); Tekton's entrypoint writes milliseconds.
 */
export type Nanos = bigint;

const RFC3339 = /^(\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Reads an RFC 3339 time. Answers `undefined` for anything else, for a date the calendar does not have,
 * and for years before 1970 (Go writes year 1 when a time was never set).
 */
export function parseTime(text: string): Nanos | undefined {
  const match = RFC3339.exec(text);
  if (match === null) return undefined;
  const [, dateTime = "", fraction = "", zone = ""] = match;
  const utcMillis = Date.parse(`${dateTime}Z`);
  if (!isCalendarDate(dateTime, utcMillis)) return undefined;
  const millis = zone.length === 1 ? utcMillis : Date.parse(dateTime + zone);
  if (!(millis >= 0)) return undefined;
  return BigInt(millis) * 1_000_000n + BigInt(fraction.padEnd(9, "0"));
}

/** `Date.parse` rolls 30 February over into March; the API server never writes such a date. */
function isCalendarDate(dateTime: string, utcMillis: number): boolean {
  return utcMillis >= 0 && Number(dateTime.slice(8, 10)) === new Date(utcMillis).getUTCDate();
}

/** RFC 3339 in UTC with as many of nine fraction digits as the time needs. */
export function formatTime(time: Nanos): string {
  const seconds = new Date(Number(time / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
  const fraction = (time % 1_000_000_000n).toString().padStart(9, "0").replace(/0+$/, "");
  return fraction === "" ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}
