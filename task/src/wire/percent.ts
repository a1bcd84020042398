/** The text without its percent-encoding. With a stray `%` it is most likely a token that was never encoded, and is taken as it is. */
export function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
