/** W3C Trace Context in the two forms it has inside a step: three fields, and a JSON object that holds them. */

/** A span that others may hang under, and what travels with it. */
export interface StepContext {
  /** 32 lower-case hex digits, not all zero. */
  traceId: string;
  /** 16 lower-case hex digits, not all zero. */
  spanId: string;
  /** Whether that span is recorded; where it is not, nothing under it is. */
  isSampled: boolean;
  /** That the trace id is random (W3C Trace Context Level 2, "Random Trace ID Flag"): passed on, never made up. */
  isRandom?: true;
  /** As it came, well-formed. */
  tracestate?: string;
  /** As it came. */
  baggage?: string;
}

/** The carrier a context was found in. */
export type ContextCarrier = "TRACEPARENT" | "TEKTON_TASKRUN_SPAN_CONTEXT" | "file";

/** What a carrier holds. Who reads on treats `invalid` as absent; the reason is for people and never repeats baggage. */
export type ContextReading =
  | { kind: "found"; context: StepContext; from: ContextCarrier }
  | { kind: "absent" }
  | { kind: "invalid"; reason: string };

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/s;
const SAMPLED = 1;
const RANDOM = 2;
/** W3C Trace Context Level 2, "key" and "value" of a tracestate member. */
const TRACESTATE_MEMBER = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[ -+\--<>-~]{0,255}[!-+\--<>-~]$/;
const MAXIMUM_MEMBERS = 32;
/** W3C Baggage, "Limits": more than that nobody needs to pass on. */
const BAGGAGE = /^[ -~\t]{1,8192}$/;
const QUOTED_LENGTH = 80;

/**
 * Judges the three fields. The `traceparent` decides; a malformed `tracestate` or `baggage` is left out (W3C Trace Context
 * Level 2, "Tracestate Header").
 */
export function readFields({
  fields: { traceparent, tracestate, baggage },
  from,
}: {
  fields: { traceparent?: unknown; tracestate?: unknown; baggage?: unknown };
  from: ContextCarrier;
}): ContextReading {
  if (traceparent === undefined) return { kind: "absent" };
  if (typeof traceparent !== "string") return { kind: "invalid", reason: "traceparent is not a string" };
  if (isBlank(traceparent)) return { kind: "absent" };
  const parent = parseTraceparent(traceparent);
  if (parent === undefined)
    return { kind: "invalid", reason: `traceparent ${quoted(traceparent)} is malformed` };
  return {
    kind: "found",
    from,
    context: {
      ...parent,
      ...(isTracestate(tracestate) && { tracestate }),
      ...(typeof baggage === "string" && BAGGAGE.test(baggage) && { baggage }),
    },
  };
}

/** Reads the JSON carrier of Tekton's annotations and of context files: an object with the headers' names in lower case. */
export function readJson({ text, from }: { text: string; from: ContextCarrier }): ContextReading {
  if (text === "") return { kind: "absent" };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: "invalid", reason: "not JSON" };
  }
  if (value === null) return { kind: "absent" };
  if (typeof value !== "object" || Array.isArray(value))
    return { kind: "invalid", reason: "not a JSON object with a traceparent" };
  return readFields({ fields: value, from });
}

/**
 * Reads a `traceparent`; `undefined` when it is not one. A later version is read as version 00 and may add fields (W3C
 * Trace Context Level 2, "Versioning of traceparent").
 */
export function parseTraceparent(text: string): StepContext | undefined {
  const [, version, traceId = "", spanId = "", flagDigits = "", more] =
    TRACEPARENT.exec(withoutBlanks(text)) ?? [];
  if (version === undefined || version === "ff") return undefined;
  if (version === "00" && more !== undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const flags = Number.parseInt(flagDigits, 16);
  const isSampled = (flags & SAMPLED) !== 0;
  return { traceId, spanId, isSampled, ...((flags & RANDOM) !== 0 && { isRandom: true as const }) };
}

/** Writes the 55 characters of a version 00 `traceparent`. */
export function formatTraceparent({ traceId, spanId, isSampled, isRandom }: StepContext): string {
  return `00-${traceId}-${spanId}-0${(isSampled ? SAMPLED : 0) | (isRandom ? RANDOM : 0)}`;
}

function isTracestate(value: unknown): value is string {
  if (typeof value !== "string" || isBlank(value)) return false;
  const members = value.split(",").map(withoutBlanks);
  return (
    members.length <= MAXIMUM_MEMBERS &&
    members.every((member) => member === "" || TRACESTATE_MEMBER.test(member))
  );
}

/** By hand: a pattern for blanks at the end looks at each run of blanks once for each of them, which 120 KB make seconds of. */
function withoutBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlankAt(text, start)) start += 1;
  while (start < end && isBlankAt(text, end - 1)) end -= 1;
  return text.slice(start, end);
}

function isBlankAt(text: string, index: number): boolean {
  return text[index] === " " || text[index] === "\t";
}

function isBlank(text: string): boolean {
  return /^[ \t]*$/.test(text);
}

/** Escaped, because what a carrier holds must not write lines of its own into a log, nor tell a terminal what to do. */
function quoted(text: string): string {
  const shown = text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}…` : text;
  return JSON.stringify(shown).replace(/[\x7f-\x9f\p{Bidi_Control}]/gu, "?");
}
