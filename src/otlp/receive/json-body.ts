/**
 * Below this a body does no harm, however it is made: nothing but brackets takes seventy times as much, 150 MB. Counting
 * them takes half as long as parsing, which what senders usually send is spared.
 */
const HARMLESS_BYTES = 2 * 1024 * 1024;
/** OTLP's objects and arrays take ten at least, with the keys they stand under, unless they are empty. */
const BYTES_PER_BRACKET = 6;
/** `[` and `{` differ in one bit. */
const BRACKET_BIT = 0x20;
const OPENING_BRACE = 0x7b;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** A body as JSON.parse sees it, or why it sees nothing. */
export type JsonBody = { kind: "parsed"; value: unknown } | { kind: "malformed"; reason: string };

/** Parses a body. One that is nothing but brackets, which would fill the memory, is malformed. */
export function parseJsonBody(body: Uint8Array): JsonBody {
  if (body.length > HARMLESS_BYTES && openingBrackets(body) > body.length / BYTES_PER_BRACKET) {
    return { kind: "malformed", reason: "it holds too many empty objects for its length" };
  }
  try {
    return { kind: "parsed", value: JSON.parse(new TextDecoder().decode(body)) };
  } catch {
    return { kind: "malformed", reason: "it is not JSON" };
  }
}

function openingBrackets(body: Uint8Array): number {
  let count = 0;
  let isText = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at] as number;
    if (byte === QUOTE) isText = !isText;
    else if (isText && byte === BACKSLASH) at += 1;
    else if (!isText && (byte | BRACKET_BIT) === OPENING_BRACE) count += 1;
  }
  return count;
}
