import { listMembers, trimOws } from "./header-text.ts";

/** A fact a user attached to a delivery, with metadata nobody but its reader understands. */
export interface BaggageMember {
  /** An RFC 7230 token. */
  key: string;
  /** Decoded: any Unicode text, may be empty. */
  value: string;
  properties: BaggageProperty[];
}

/** Metadata of a member: a name, or a name and a decoded value. */
export interface BaggageProperty {
  /** An RFC 7230 token. */
  key: string;
  value?: string;
}

/**
 * The sizes W3C Baggage, "Limits", obliges everyone to pass on. We promise no more, because the annotations of an
 * object and the environment of a process are shared space.
 */
const LIMITS = { members: 64, bytes: 8192 } as const;

/** Every byte percent-encoded takes three characters; a longer member cannot come to fit. */
const LONGEST_MEMBER = 3 * LIMITS.bytes;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const BAGGAGE_OCTETS = /^[\x21\x23-\x2B\x2D-\x3A\x3C-\x5B\x5D-\x7E]*$/;
/** A run of characters that are no baggage octet, and `%` itself. */
const TO_ENCODE = /[^\x21\x23\x24\x26-\x2B\x2D-\x3A\x3C-\x5B\x5D-\x7E]+/g;
const ENCODED = /(?:%[0-9a-f]{2})+/gi;

/**
 * Reads a `baggage` value, or the values of several headers in their order (W3C Baggage, "Header Content").
 * A malformed member is left out and the others stay; so is one beyond the limits of `formatBaggage`. Keys may repeat.
 */
export function parseBaggage(text: string | readonly string[]): BaggageMember[] {
  return Array.from(withinLimits(parseMembers(text)), ({ member }) => member);
}

/**
 * Writes members as one `baggage` value; an empty list is an empty text. From the left, a member that would make it
 * more than 64 members or 8,192 bytes is left out whole.
 */
export function formatBaggage(members: Iterable<BaggageMember>): string {
  return Array.from(withinLimits(members), ({ text }) => text).join(",");
}

function* withinLimits(members: Iterable<BaggageMember>): Generator<{ member: BaggageMember; text: string }> {
  let count = 0;
  let bytes = -1; // no comma before the first
  for (const member of members) {
    const text = formatMember(member);
    if (bytes + 1 + text.length > LIMITS.bytes) continue;
    yield { member, text };
    bytes += 1 + text.length;
    count += 1;
    if (count === LIMITS.members) return;
  }
}

function* parseMembers(text: string | readonly string[]): Generator<BaggageMember> {
  for (const memberText of listMembers(text)) {
    const member = parseMember(memberText);
    if (member !== undefined) yield member;
  }
}

function parseMember(text: string): BaggageMember | undefined {
  if (text.length > LONGEST_MEMBER) return undefined;
  const [first = "", ...rest] = text.split(";");
  const { key, value } = parseProperty(first) ?? {};
  if (key === undefined || value === undefined) return undefined;
  const properties: BaggageProperty[] = [];
  for (const propertyText of rest.filter((part) => trimOws(part) !== "")) {
    const property = parseProperty(propertyText);
    if (property === undefined) return undefined;
    properties.push(property);
  }
  return { key, value, properties };
}

/** `key` or `key = value`: the grammar of a property, and of a member without its properties. */
function parseProperty(text: string): BaggageProperty | undefined {
  const equals = text.indexOf("=");
  const key = trimOws(equals === -1 ? text : text.slice(0, equals));
  if (!TOKEN.test(key)) return undefined;
  if (equals === -1) return { key };
  const value = trimOws(text.slice(equals + 1));
  return BAGGAGE_OCTETS.test(value) ? { key, value: percentDecode(value) } : undefined;
}

function formatMember({ key, value, properties }: BaggageMember): string {
  return [{ key, value }, ...properties].map(formatProperty).join(";");
}

function formatProperty({ key, value }: BaggageProperty): string {
  return value === undefined ? key : `${key}=${percentEncode(value)}`;
}

/** Bytes that are not UTF-8 become U+FFFD (W3C Baggage, "value"); a `%` without two hex digits stands for itself. */
function percentDecode(text: string): string {
  return text.replace(ENCODED, (run) => Buffer.from(run.replaceAll("%", ""), "hex").toString("utf8"));
}

function percentEncode(text: string): string {
  return text.replace(TO_ENCODE, (run) =>
    Buffer.from(run, "utf8").toString("hex").toUpperCase().replace(/../g, "%$&"),
  );
}
