/** Tekton's resolvers (docs/resolution.md), each with a span of its own. */
import { createHash } from "node:crypto";
import { redacted } from "../../trace/index.ts";
import { traced } from "../tracing/index.ts";
import { TektonKind } from "../types/index.ts";
import { fetchFromBundle } from "./bundle-resolver.ts";
import { ContentCache } from "./content-cache.ts";
import { fetchFromGit } from "./git-resolver.ts";
import { fetchFromUrl } from "./http-resolver.ts";
import { fetchFromHub } from "./hub-resolver.ts";
import { withoutPassword, withoutQuery } from "./password.ts";
import {
  type Content,
  ResolutionError,
  type ResolverParams,
  type Resolving,
  requiredParams,
} from "./resolution.ts";

/** What a resolver function works on, besides the pass. */
interface Query {
  params: ResolverParams;
  /** Of the object that refers. */
  namespace: string;
}

/** @throws ResolutionError when there is nothing to be had. */
export const resolvers = traced(
  {
    async git(pass: Resolving, { params }: Query): Promise<Content> {
      return throughCache(pass, { resolver: "git", params, fetch: () => fetchFromGit(params) });
    },

    async http(pass: Resolving, { params }: Query): Promise<Content> {
      return throughCache(pass, { resolver: "http", params, fetch: () => fetchFromUrl(params) });
    },

    async hub(pass: Resolving, { params }: Query): Promise<Content> {
      const fetch = () => fetchFromHub(params, pass.engine.hubs);
      return throughCache(pass, { resolver: "hub", params, fetch });
    },

    async bundles(pass: Resolving, { params }: Query): Promise<Content> {
      return throughCache(pass, { resolver: "bundles", params, fetch: () => fetchFromBundle(params) });
    },

    /** From the API: always as it is now. */
    async cluster(pass: Resolving, { params, namespace: own }: Query): Promise<Content> {
      describe(pass, { resolver: "cluster", params });
      const { name } = requiredParams(params, { resolver: "cluster", names: ["name"] });
      const { kind = "task", namespace = own } = params;
      const type = CLUSTER_KINDS[kind.toLowerCase()];
      if (type === undefined) throw new ResolutionError(`unknown or unsupported resource kind '${kind}'`);
      const object = await pass.engine.api.get(type, { namespace, name });
      const path = `/apis/tekton.dev/${type.version}/namespaces/${namespace}/${kind}/${name}@${object.metadata.uid}`;
      return { text: JSON.stringify(object), source: { uri: path, entryPoint: name }, isImmutable: false };
    },
  },
  {
    git: "git:Resolve",
    http: "http:Resolve",
    hub: "hub:Resolve",
    bundles: "bundle:Resolve",
    cluster: "cluster:Resolve",
  },
);

const CLUSTER_KINDS: Readonly<Record<string, (typeof TektonKind)["task" | "pipeline" | "stepAction"]>> = {
  task: TektonKind.task,
  pipeline: TektonKind.pipeline,
  stepaction: TektonKind.stepAction,
};

/** One for each API that somebody resolves for: what it holds goes when the API does. */
const CACHES = new WeakMap<object, ContentCache>();

function cacheOf({ engine }: Resolving): ContentCache {
  const known = CACHES.get(engine.api);
  if (known !== undefined) return known;
  const cache = new ContentCache(engine.clock);
  CACHES.set(engine.api, cache);
  return cache;
}

interface Lookup {
  resolver: string;
  params: ResolverParams;
}

function throughCache(
  pass: Resolving,
  { fetch, ...lookup }: Lookup & { fetch: () => Promise<Content> },
): Promise<Content> {
  const { isHit, content } = cacheOf(pass).get(lookup, fetch);
  describe(pass, lookup);
  pass.span.set({ "tekton.resolver.cache_hit": isHit });
  return content;
}

/** Longer values are told apart by their digest. */
const MAX_ATTRIBUTE_LENGTH = 128;

function describe({ span }: Resolving, { resolver, params }: Lookup): void {
  span.set({ "tekton.resolver.type": resolver });
  for (const [name, value] of Object.entries(params))
    span.set({ [`tekton.resolver.param.${name}`]: attributeOf(name, value) });
}

function attributeOf(name: string, value: string): string {
  if (value.length > MAX_ATTRIBUTE_LENGTH)
    return `sha256:${createHash("sha256").update(value).digest("hex")}`;
  return redacted(name, withoutQuery(withoutPassword(value)));
}
