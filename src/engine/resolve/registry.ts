/** Pulls from an OCI registry without credentials (OCI Distribution Specification 1.1, "Pull"). */
import { createHash } from "node:crypto";
import { type HttpAnswer, httpGet, statusError } from "./http-get.ts";
import { ResolutionError } from "./resolution.ts";

/** The parts of an image's name. */
export interface ImageReference {
  registry: string;
  repository: string;
  /** A tag, or a digest. */
  version: string;
}

/** An image's name as docker and Tekton understand it: from Docker Hub and `latest` unless it says otherwise. */
export function parseImageReference(text: string): ImageReference {
  const [, name = "", tag, digest] =
    /^([^@\s]+?)(?::([\w][\w.-]*))?(?:@(sha256:[0-9a-f]{64}))?$/.exec(text) ?? [];
  if (name === "") throw new ResolutionError(`${text} is an unparseable image reference`);
  const [first = "", ...rest] = name.split("/");
  const hasRegistry = rest.length > 0 && (/[.:]/.test(first) || first === "localhost");
  const version = digest ?? tag ?? "latest";
  if (hasRegistry) return { registry: first, repository: rest.join("/"), version };
  const repository = rest.length > 0 ? name : `library/${name}`;
  return { registry: "index.docker.io", repository, version };
}

/** Of an image's manifest (OCI Image Specification 1.1, descriptors). */
export interface Layer {
  digest: string;
  annotations: Readonly<Record<string, string>>;
}

/** One image in a registry. What cannot be had is a ResolutionError. */
export interface Registry {
  /** The manifest's layers, and its own digest. */
  readManifest(): Promise<{ layers: readonly Layer[]; digest: string }>;
  readBlob(digest: string): Promise<Buffer>;
}

const MANIFESTS = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
].join(", ");

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;
const MAX_BLOB_BYTES = 4 * 1024 * 1024;

/** Talks to the registry of the image; nothing is sent before something is asked for. */
export function openRegistry({ registry, repository, version }: ImageReference): Registry {
  const base = `${isOfThisMachine(registry) ? "http" : "https"}://${registry}/v2/${repository}`;
  let authorization: string | undefined;

  /** The first answer says where tokens are to be had; all further requests carry one. */
  async function get(url: string, options: { accept: string; limitBytes: number }): Promise<HttpAnswer> {
    const request = () =>
      httpGet({
        url,
        limitBytes: options.limitBytes,
        headers: { accept: options.accept, ...(authorization !== undefined && { authorization }) },
      });
    let answer = await request();
    if (answer.status === 401 && authorization === undefined) {
      authorization = await requestToken(answer, { url, repository });
      answer = await request();
    }
    if (answer.status === 200) return answer;
    if (answer.status === 401 || answer.status === 403)
      throw new ResolutionError(`${url} wants credentials; only public images can be used`);
    throw statusError(url, answer.status);
  }

  return {
    async readManifest() {
      const url = `${base}/manifests/${version}`;
      const { body } = await get(url, { accept: MANIFESTS, limitBytes: MAX_MANIFEST_BYTES });
      return { layers: layersIn(body, url), digest: verified(body, { digest: version, url }) };
    },
    async readBlob(digest) {
      const url = `${base}/blobs/${digest}`;
      const { body } = await get(url, { accept: "*/*", limitBytes: MAX_BLOB_BYTES });
      verified(body, { digest, url });
      return body;
    },
  };
}

/** Such registries are for trying things out, and speak plain HTTP (as docker treats them). */
function isOfThisMachine(registry: string): boolean {
  return /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(registry);
}

/** An anonymous token, as the challenge wants it (Docker Registry v2 token authentication). */
async function requestToken(
  { headers }: HttpAnswer,
  { url, repository }: { url: string; repository: string },
): Promise<string> {
  const challenge = headers.get("www-authenticate") ?? "";
  const fields = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value]),
  );
  const realm = fields["realm"];
  if (!/^bearer /i.test(challenge) || realm === undefined || !URL.canParse(realm))
    throw new ResolutionError(`${url} wants credentials; only public images can be used`);
  const address = new URL(realm);
  if (fields["service"] !== undefined) address.searchParams.set("service", fields["service"]);
  address.searchParams.set("scope", fields["scope"] ?? `repository:${repository}:pull`);
  const answer = await httpGet({ url: address.href, limitBytes: MAX_MANIFEST_BYTES });
  if (answer.status !== 200) throw statusError(realm, answer.status);
  const tokens = (parseJson(answer.body, realm) ?? {}) as Record<string, unknown>;
  return `Bearer ${tokens["token"] ?? tokens["access_token"]}`;
}

function layersIn(manifest: Buffer, url: string): Layer[] {
  const { layers } = (parseJson(manifest, url) ?? {}) as { layers?: unknown };
  if (!Array.isArray(layers)) throw new ResolutionError(`${url} is no image manifest`);
  return (layers as (Partial<Layer> | null)[]).map((layer) => ({
    digest: String(layer?.digest),
    annotations: layer?.annotations ?? {},
  }));
}

function parseJson(body: Buffer, url: string): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch (fault) {
    throw new ResolutionError(`${url} answered with something that is not JSON`, { cause: fault });
  }
}

/** The digest of what came; when one was asked for, it has to be that. */
function verified(body: Buffer, { digest, url }: { digest: string; url: string }): string {
  const computed = `sha256:${createHash("sha256").update(body).digest("hex")}`;
  if (digest.startsWith("sha256:") && digest !== computed)
    throw new ResolutionError(`${url}: SHA mismatch, expected ${digest}, got ${computed}`);
  return computed;
}
