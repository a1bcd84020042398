import { Failure } from "./failure.ts";
import { printable } from "./terminal.ts";

/** What `--server` names. Throws {@link Failure}: `localhost:4000` is an address to people, and to no URL parser. */
export function serverUrl(given: string): URL {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url?.protocol === "http:" || url?.protocol === "https:") return url;
  throw new Failure(`--server ${printable(given)}: give the address of a server, e.g. http://127.0.0.1:4000`);
}

/** What to do where a server does not let us in. */
export function tokenAdvice(address: string, token: string | undefined): string {
  return token === undefined
    ? `${address} asks for a token: give it with --token or THROUGHLINE_TOKEN`
    : `${address} does not accept this token: give the one it was started with, with --token or THROUGHLINE_TOKEN`;
}
