/** What went wrong, in words for a line on stderr. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
