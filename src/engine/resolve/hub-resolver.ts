/** Definitions in Artifact Hub or a Tekton Hub (docs/hub-resolver.md). */
import { httpGetText } from "./http-get.ts";
import { MAX_DEFINITION_BYTES } from "./http-resolver.ts";
import {
  type Content,
  type Hubs,
  ResolutionError,
  type ResolverParams,
  requiredParams,
} from "./resolution.ts";

const PUBLIC_HUBS: Hubs = {
  artifact: "https://artifacthub.io",
  tekton: "https://api.hub.tekton.dev",
};

const CATALOGS: Readonly<Record<string, string>> = {
  task: "tekton-catalog-tasks",
  pipeline: "tekton-catalog-pipelines",
  stepaction: "tekton-catalog-stepactions",
};

/** An answer has the definition more than once, as text and with its readme. */
const LIMIT_BYTES = 8 * MAX_DEFINITION_BYTES;

/** Takes one version of a definition in a catalog. */
export async function fetchFromHub(params: ResolverParams, hubs: Partial<Hubs> = {}): Promise<Content> {
  const { name, version } = requiredParams(params, { resolver: "hub", names: ["name", "version"] });
  const { kind = "task", type = "artifact" } = params;
  if (CATALOGS[kind] === undefined)
    throw new ResolutionError(`kind param must be one of: ${Object.keys(CATALOGS).join(", ")}`);
  if (!/^v?\d+(\.\d+)*$/.test(version))
    throw new ResolutionError(
      `hub resolver: version "${version}" of ${kind} ${name}: name one exactly, as 0.6`,
    );
  const coordinates = { name, version, kind, catalog: params["catalog"] ?? "" };
  const all = { ...PUBLIC_HUBS, ...hubs };
  if (type === "artifact") return fetchPackage(all.artifact, coordinates);
  if (type === "tekton") return fetchResource(all.tekton, coordinates);
  throw new ResolutionError("type param must be artifact or tekton");
}

interface Coordinates {
  name: string;
  version: string;
  kind: string;
  /** Empty for the usual one. */
  catalog: string;
}

async function fetchPackage(hub: string, { name, version, kind, catalog }: Coordinates): Promise<Content> {
  const path = [catalog || CATALOGS[kind] || "", name, semantic(version)].map(encodeURIComponent).join("/");
  const url = `${hub}/api/v1/packages/tekton-${kind}/${path}`;
  return contentOf({ url, field: "manifestRaw", name });
}

async function fetchResource(hub: string, { name, version, kind, catalog }: Coordinates): Promise<Content> {
  const path = [catalog || "Tekton", kind, name, version].map(encodeURIComponent).join("/");
  return contentOf({ url: `${hub}/v1/resource/${path}/yaml`, field: "yaml", name });
}

/** Artifact Hub knows versions of three numbers only; catalogs have two. */
function semantic(version: string): string {
  const numbers = version.replace(/^v/, "").split(".");
  return [...numbers, "0", "0"].slice(0, Math.max(3, numbers.length)).join(".");
}

async function contentOf({
  url,
  field,
  name,
}: {
  url: string;
  field: string;
  name: string;
}): Promise<Content> {
  const answer = await httpGetText({ url, limitBytes: LIMIT_BYTES });
  const text = definitionIn(answer, field);
  if (text === undefined) throw new ResolutionError(`${url} answered without data.${field}: is it a hub?`);
  return { text, source: { uri: url, entryPoint: name }, isImmutable: false };
}

function definitionIn(answer: string, field: string): string | undefined {
  try {
    const parsed: unknown = JSON.parse(answer);
    const value = (parsed as { data?: Record<string, unknown> })?.data?.[field];
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
