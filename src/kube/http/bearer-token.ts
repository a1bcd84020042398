import { readFile } from "node:fs/promises";
import type { KubeAccess } from "./kube-access.ts";

/** The kubelet renews a token long before it expires; client-go reads the file again as often (rest, cachingTokenSource). */
const READ_AGAIN_MILLIS = 60_000;

/** Answers the value of the `Authorization` header, if there is any. */
export function bearerTokens({ token, tokenFile }: KubeAccess): () => Promise<string | undefined> {
  if (tokenFile === undefined) return async () => (token === undefined ? undefined : `Bearer ${token}`);
  let known: { header: string; readAt: number } | undefined;
  return async () => {
    if (known !== undefined && performance.now() - known.readAt < READ_AGAIN_MILLIS) return known.header;
    const text = await readFile(tokenFile, "utf8");
    known = { header: `Bearer ${text.trim()}`, readAt: performance.now() };
    return known.header;
  };
}
