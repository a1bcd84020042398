import { listMembers } from "./header-text.ts";

/** One vendor's entry in a `tracestate`. The left-most member is the one written last. */
export interface TracestateMember {
  /** 1 to 256 characters: `a-z 0-9 _ - * / @`, beginning with a letter or digit. */
  key: string;
  /** 1 to 256 printable ASCII characters without `,` and `=`; may begin with a space, does not end in one. */
  value: string;
}

const MAXIMUM_MEMBERS = 32;
const LARGE_MEMBER_LENGTH = 128;
const KEY = /^[a-z0-9][a-z0-9_\-*/@]{0,255}$/;
const VALUE = /^[\x20-\x2B\x2D-\x3C\x3E-\x7E]{0,255}[\x21-\x2B\x2D-\x3C\x3E-\x7E]$/;

/**
 * Reads a `tracestate` value, or the values of several headers in their order (W3C Trace Context Level 2,
 * "Tracestate Header"). Empty members are skipped and of two members with one key the first is kept, being the newer.
 * Answers `undefined` when any member is malformed or there are more than 32: the list is then discarded as a whole.
 */
export function parseTracestate(text: string | readonly string[]): TracestateMember[] | undefined {
  const members = new Map<string, string>();
  let count = 0;
  for (const memberText of listMembers(text)) {
    const member = parseMember(memberText);
    count += 1;
    if (member === undefined || count > MAXIMUM_MEMBERS) return undefined;
    if (!members.has(member.key)) members.set(member.key, member.value);
  }
  return Array.from(members, ([key, value]) => ({ key, value }));
}

/** Writes members as one `tracestate` value; an empty list is an empty text. */
export function formatTracestate(members: readonly TracestateMember[]): string {
  return members.map(formatMember).join(",");
}

/**
 * Drops whole members until the formatted text has at most `maximumLength` characters: those longer than
 * 128 characters first, then any, each time the right-most (W3C Trace Context Level 2, "tracestate Limits").
 */
export function shortenTracestate(
  members: readonly TracestateMember[],
  maximumLength: number,
): TracestateMember[] {
  const fromTheRight = members.toReversed();
  const dispensable = [...fromTheRight.filter(isLarge), ...fromTheRight.filter((member) => !isLarge(member))];
  const dropped = new Set<TracestateMember>();
  let length = formatTracestate(members).length;
  for (const member of dispensable) {
    if (length <= maximumLength) break;
    dropped.add(member);
    length -= formatMember(member).length + 1; // and its comma
  }
  return members.filter((member) => !dropped.has(member));
}

function isLarge(member: TracestateMember): boolean {
  return formatMember(member).length > LARGE_MEMBER_LENGTH;
}

function parseMember(text: string): TracestateMember | undefined {
  const equals = text.indexOf("=");
  const [key, value] = [text.slice(0, equals), text.slice(equals + 1)];
  return equals !== -1 && KEY.test(key) && VALUE.test(value) ? { key, value } : undefined;
}

function formatMember({ key, value }: TracestateMember): string {
  return `${key}=${value}`;
}
