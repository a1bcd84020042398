import type { ExportSettings } from "./settings.ts";

/** Long enough for a collector's sentence, short enough for a line of log. */
const MAX_CHARACTERS = 200;
/** Shorter words of a header are no secrets of their own ("Bearer"). */
const MIN_SECRET_WORD = 8;

/** Makes somebody else's text fit to be shown. */
export type Quote = (text: string) => string;

/**
 * How to quote what a collector, a proxy or a library says: on one line, cut short, and without the header values,
 * password and query values of the settings, because servers like to repeat what they were sent.
 */
export function quoteFor({ headers, endpoint }: ExportSettings): Quote {
  const url = new URL(endpoint);
  const values = [...Object.values(headers), url.password, ...url.searchParams.values()];
  const words = values.flatMap((value) => value.split(" ")).filter((word) => word.length >= MIN_SECRET_WORD);
  const secrets = [...values, ...words].filter((secret) => secret !== "");
  return (text) => shortened(secrets.reduce((shown, secret) => shown.replaceAll(secret, "[hidden]"), text));
}

function shortened(text: string): string {
  const line = text.replace(/[\p{C}\s]+/gu, " ").trim();
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line;
}
