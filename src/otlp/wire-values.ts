import type { Nanos } from "../tekton/index.ts";
import type { Attributes, AttributeValue } from "../trace/index.ts";

const MAX_FIXED64 = 2n ** 64n - 1n;

/** A time as OTLP's unsigned 64-bit `*_time_unix_nano` fields can carry it: out of range becomes the nearest end. */
export function unixNano(time: Nanos): bigint {
  if (time < 0n) return 0n;
  return time > MAX_FIXED64 ? MAX_FIXED64 : time;
}

/**
 * True when `intValue` can carry the integer. Any other is written as a decimal string
 * (OpenTelemetry specification, "Mapping Arbitrary Data to OTLP AnyValue", integer values).
 */
export function isInt64(value: bigint): boolean {
  return BigInt.asIntN(64, value) === value;
}

/** The attributes to write, in their order: those that have a value. */
export function presentAttributes(attributes: Attributes): [key: string, value: AttributeValue][] {
  return Object.entries(attributes).filter(([, value]) => value !== undefined);
}
