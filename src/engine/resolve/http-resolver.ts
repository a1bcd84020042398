/** Definitions at a URL (docs/http-resolver.md). */
import { createHash } from "node:crypto";
import { httpGetText } from "./http-get.ts";
import { separatePassword, withoutPassword } from "./password.ts";
import { type Content, ResolutionError, type ResolverParams, requiredParams } from "./resolution.ts";

/** Of one definition. Kubernetes would not store a larger one. */
export const MAX_DEFINITION_BYTES = 1024 * 1024;

/** Takes what is at the URL; with a `digest`, only if it is that. */
export async function fetchFromUrl(params: ResolverParams): Promise<Content> {
  const { url: given } = requiredParams(params, { resolver: "http", names: ["url"] });
  if (!/^https?:\/\//.test(given) || !URL.canParse(given))
    throw new ResolutionError(`url ${withoutPassword(given)} is not a valid http(s) url`);
  const { url, headers } = separatePassword(given);
  if (params["http-password-secret"] !== undefined)
    throw new ResolutionError(
      `url ${url}: passwords in Secrets are not supported; give the definition as a file`,
    );
  const text = await httpGetText({ url, headers, limitBytes: MAX_DEFINITION_BYTES });
  checkDigest(text, params["digest"]);
  const sha256 = createHash("sha256").update(text).digest("hex");
  return { text, source: { uri: url, digest: { sha256 } }, isImmutable: params["digest"] !== undefined };
}

function checkDigest(text: string, digest: string | undefined): void {
  if (digest === undefined) return;
  const [algorithm = "", expected = ""] = digest.split(":");
  if (algorithm !== "sha256" && algorithm !== "sha512")
    throw new ResolutionError(`invalid digest algorithm: ${algorithm}`);
  const computed = createHash(algorithm).update(text).digest("hex");
  if (computed !== expected) throw new ResolutionError(`SHA mismatch, expected ${expected}, got ${computed}`);
}
