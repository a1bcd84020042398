/** Definitions in Tekton bundles: images with one definition a layer (docs/tekton-bundle-contracts.md, docs/bundle-resolver.md). */
import { gunzipSync } from "node:zlib";
import { MAX_DEFINITION_BYTES } from "./http-resolver.ts";
import { openRegistry, parseImageReference } from "./registry.ts";
import { type Content, ResolutionError, type ResolverParams, requiredParams } from "./resolution.ts";
import { firstFileOf } from "./tar.ts";

/** Of one bundle (docs/tekton-bundle-contracts.md). */
const MAX_LAYERS = 20;
const GZIP_MAGIC = 0x1f8b;
/** An archive is a little more than what is in it. */
const MAX_ARCHIVE_BYTES = 2 * MAX_DEFINITION_BYTES;

/** Takes the layer of the wanted kind and name. */
export async function fetchFromBundle(params: ResolverParams): Promise<Content> {
  const { bundle, name } = requiredParams(params, { resolver: "bundles", names: ["bundle", "name"] });
  const kind = (params["kind"] ?? "task").toLowerCase();
  const image = parseImageReference(bundle);
  const registry = openRegistry(image);
  const { layers, digest } = await registry.readManifest();
  if (layers.length > MAX_LAYERS)
    throw new ResolutionError(
      `invalid tekton bundle ${bundle}: more than the maximum ${MAX_LAYERS} allowed objects`,
    );
  const layer = layers.find(
    ({ annotations }) =>
      annotations["dev.tekton.image.kind"]?.toLowerCase() === kind &&
      annotations["dev.tekton.image.name"] === name,
  );
  if (layer === undefined)
    throw new ResolutionError(
      `could not find object in image ${bundle} with kind: ${kind} and name: ${name}`,
    );
  const blob = await registry.readBlob(layer.digest);
  const [algorithm = "", hex = ""] = digest.split(":");
  return {
    text: definitionIn(blob, bundle),
    source: { uri: `${image.registry}/${image.repository}`, digest: { [algorithm]: hex }, entryPoint: name },
    isImmutable: image.version.startsWith("sha256:"),
  };
}

/** A layer is an archive with one file, or the definition itself; compressed or not. */
function definitionIn(blob: Buffer, bundle: string): string {
  const layer = uncompressed(blob, bundle);
  const text = firstFileOf(layer) ?? layer;
  if (text.length > MAX_DEFINITION_BYTES)
    throw new ResolutionError(`definition in ${bundle} is larger than ${MAX_DEFINITION_BYTES} bytes`);
  return text.toString("utf8");
}

function uncompressed(blob: Buffer, bundle: string): Buffer {
  if (blob.length < 2 || blob.readUInt16BE(0) !== GZIP_MAGIC) return blob;
  try {
    return gunzipSync(blob, { maxOutputLength: MAX_ARCHIVE_BYTES });
  } catch (fault) {
    throw new ResolutionError(`cannot unpack a layer of ${bundle}: it is damaged or too large`, {
      cause: fault,
    });
  }
}
