/** The two pieces of grammar that all headers of this room share. */

/** Drops optional white space, space and tab only, from both ends (RFC 9110 §5.6.3). */
export function trimOws(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isOws(text.charCodeAt(start))) start += 1;
  while (end > start && isOws(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}

/**
 * The members of a comma-separated list, trimmed, in one header or in several; empty ones are skipped
 * (RFC 9110 §5.6.1). One at a time, so that a reader may stop early in a text of any length.
 */
export function* listMembers(lines: string | readonly string[]): Generator<string> {
  for (const line of [lines].flat()) {
    for (let start = 0; start < line.length; ) {
      const comma = line.indexOf(",", start);
      const end = comma === -1 ? line.length : comma;
      const member = trimOws(line.slice(start, end));
      if (member !== "") yield member;
      start = end + 1;
    }
  }
}

function isOws(charCode: number): boolean {
  return charCode === 0x20 || charCode === 0x09;
}
