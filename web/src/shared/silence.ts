/** A run nothing was heard of for longer, in milliseconds, is not drawn as growing: its end may just have been missed. */
export const SILENCE_MS = 15 * 60_000;
