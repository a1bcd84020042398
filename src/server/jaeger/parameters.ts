/** Query parameters of the Jaeger API, read one by one. What cannot be read is a {@link ParameterFault}. */
import { type Nanos, parseGoDuration, parseTime } from "../../tekton/index.ts";

/** As they come from the query string: a parameter may be there several times. */
export type Parameters = Readonly<Record<string, string | string[] | undefined>>;

/** A parameter that cannot be read. The message names it and what it should have been. */
export class ParameterFault extends Error {
  /** As Fastify's own errors say it. */
  readonly statusCode = 400;

  constructor(name: string, wanted: string) {
    super(`parameter ${name} ${wanted}`);
    this.name = "ParameterFault";
  }
}

/** All values of a parameter. */
export function all(parameters: Parameters, name: string): string[] {
  return [parameters[name] ?? []].flat();
}

/** The first of these parameters that has a value, under the name it came. */
export function first(
  parameters: Parameters,
  ...names: string[]
): { name: string; text: string } | undefined {
  for (const name of names) {
    const text = all(parameters, name)[0];
    if (text !== undefined && text !== "") return { name, text };
  }
  return undefined;
}

type Given = { name: string; text: string } | undefined;

/** A duration as Go writes it, e.g. `1.5s`, in nanoseconds. */
export function duration(given: Given): bigint | undefined {
  if (given === undefined) return undefined;
  const nanos = parseGoDuration(given.text);
  if (nanos === undefined)
    throw new ParameterFault(given.name, "is not a duration such as 100ms, 1.5s or 2h");
  return nanos;
}

/** A unit of time, and what to call it. */
export interface Unit {
  ns: bigint;
  name: string;
}

/** A whole number of a unit, in nanoseconds: a length of time, or a time since 1970. */
export function whole(given: Given, unit: Unit): bigint | undefined {
  if (given === undefined) return undefined;
  // 18 digits of microseconds are some 30,000 years.
  if (!/^\d{1,18}$/.test(given.text)) throw new ParameterFault(given.name, `is not a number of ${unit.name}`);
  return BigInt(given.text) * unit.ns;
}

/** A time in RFC 3339. Grafana sends a `+` of the offset as it is, which arrives as a blank. */
export function time(given: Given): Nanos | undefined {
  if (given === undefined) return undefined;
  const timeNs = parseTime(given.text.replace(/ (\d\d:\d\d)$/, "+$1"));
  if (timeNs === undefined)
    throw new ParameterFault(given.name, "is not a time such as 2026-11-20T12:00:00Z");
  return timeNs;
}

/** A number of traces: at least one, and never more than `most`. */
export function count(given: Given, { most, otherwise }: { most: number; otherwise: number }): number {
  if (given === undefined) return otherwise;
  const wanted = /^\d{1,9}$/.test(given.text) ? Number(given.text) : 0;
  if (wanted === 0) throw new ParameterFault(given.name, "is not a whole number above zero");
  return Math.min(wanted, most);
}

/** A JSON object of texts; numbers and booleans become what they are in text. */
export function texts(given: Given): Record<string, string> {
  if (given === undefined) return {};
  const fault = new ParameterFault(given.name, 'is not a JSON object such as {"error":"true"}');
  const object = parsed(given.text);
  if (typeof object !== "object" || object === null || Array.isArray(object)) throw fault;
  const entries = Object.entries(object).map(([key, value]) => {
    if (typeof value === "object") throw fault;
    return [key, String(value)] as const;
  });
  return Object.fromEntries(entries);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
