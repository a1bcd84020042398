/** The first characters of the text that take no more than so many bytes of UTF-8. */
export function firstWithin(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  if (encoded.length <= bytes) return text;
  let end = bytes;
  while (isContinuation(encoded[end])) end -= 1;
  return encoded.toString("utf8", 0, end);
}

/** The last characters of the text that take no more than so many bytes of UTF-8. */
export function lastWithin(text: string, bytes: number): string {
  const encoded = Buffer.from(text);
  let start = Math.max(encoded.length - bytes, 0);
  while (isContinuation(encoded[start])) start += 1;
  return encoded.toString("utf8", start);
}

/** A byte that does not begin a character (RFC 3629 §3). */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0b1100_0000) === 0b1000_0000;
}
