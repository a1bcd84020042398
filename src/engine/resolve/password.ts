/** Passwords in URLs: for servers, and for nobody's eyes. */

/** A text as it may be shown: URLs in it without the part for servers alone. */
export function withoutPassword(text: string): string {
  return text.replace(/:\/\/[^/@\s]+@/g, "://");
}

/** A URL as it may stand in statuses and spans: what follows the path is often a signature or a token. */
export function withoutQuery(url: string): string {
  return url.replace(/^(https?:\/\/[^?\s]*)\?.*$/s, "$1?…");
}

/** The URL without its user and password, and what is sent instead (RFC 7617). */
export function separatePassword(url: string): { url: string; headers: Readonly<Record<string, string>> } {
  const { username, password } = new URL(url);
  if (username === "" && password === "") return { url, headers: {} };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
  return { url: withoutPassword(url), headers: { authorization } };
}
