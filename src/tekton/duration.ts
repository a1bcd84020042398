const NANOS_PER_UNIT: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** The longest a Go duration can be: some 292 years. */
const MAX_NANOS = 2 ** 63;
const MAX_LENGTH = 64;

/** Reads a duration as Go writes it, e.g. `1m2.345s` (Go time.ParseDuration), into nanoseconds. */
export function parseGoDuration(text: string): bigint | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|μs|ms|s|m|h)/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join("") !== text) return undefined;
  const nanos = parts.reduce(
    (sum, [, value, unit = ""]) => sum + Number(value) * (NANOS_PER_UNIT[unit] ?? 0),
    0,
  );
  return nanos < MAX_NANOS ? BigInt(Math.round(nanos)) : undefined;
}
