/** Spans of a trace that are read; of a larger one the rest is left out, and said so. */
export const MOST_SPANS = 200_000;
