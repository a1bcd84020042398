import type { EngineContext } from "../context.ts";
import type { HasSpan } from "../tracing/index.ts";
import type { Param, Reference } from "../types/index.ts";

/** What resolving needs of a pass. */
export interface Resolving extends HasSpan {
  readonly engine: Pick<EngineContext, "api" | "clock"> & {
    /** Where hubs are, when not where everybody's are. */
    hubs?: Partial<Hubs>;
  };
}

/** Addresses of hubs, without a slash at the end (docs/hub-resolver.md). */
export interface Hubs {
  artifact: string;
  tekton: string;
}

/** Which definition is wanted. */
export interface ResolutionRequest {
  reference: Reference;
  /** Of the object that refers. */
  namespace: string;
}

/** Where a definition came from, as `status.provenance.refSource` has it (docs/pipeline-api.md, RefSource). */
export interface RefSource {
  uri?: string;
  digest?: Readonly<Record<string, string>>;
  entryPoint?: string;
}

/** The definition, in the version Tekton stores, valid and with its defaults; or why there is none. */
export type Resolution<Spec> =
  | {
      kind: "found";
      spec: Spec;
      metadata: {
        name: string;
        labels: Readonly<Record<string, string>>;
        annotations: Readonly<Record<string, string>>;
      };
      source?: RefSource;
    }
  | {
      kind: "failed";
      message: string;
      /** It will not help to try again. False only where the other side said that it will. */
      permanent: boolean;
    };

/** What a resolver found: a definition as text. */
export interface Content {
  text: string;
  source: RefSource;
  /** The same params will always give this: they name a digest or a commit. */
  isImmutable: boolean;
}

/** Why a resolver found nothing. Thrown within this room only, so that the spans of resolvers have it. */
export class ResolutionError extends Error {
  readonly isPermanent: boolean;

  constructor(
    message: string,
    { isPermanent = true, ...options }: { isPermanent?: boolean } & ErrorOptions = {},
  ) {
    super(message, options);
    this.name = "ResolutionError";
    this.isPermanent = isPermanent;
  }
}

/** Params of a resolver by name: texts. */
export type ResolverParams = Readonly<Record<string, string>>;

/** A reference's params as resolvers take them. */
export function resolverParams(params: readonly Param[] | undefined): ResolverParams {
  return Object.fromEntries(
    (params ?? []).map(({ name, value }) => {
      if (typeof value !== "string") throw new ResolutionError(`resolver param "${name}" has to be a text`);
      return [name, value];
    }),
  );
}

/** The params of these names, all of which have to be there. */
export function requiredParams<Name extends string>(
  params: ResolverParams,
  { resolver, names }: { resolver: string; names: readonly Name[] },
): Record<Name, string> {
  const missing = names.filter((name) => !params[name]);
  if (missing.length > 0)
    throw new ResolutionError(`missing required ${resolver} resolver params: ${missing.join(", ")}`);
  return Object.fromEntries(names.map((name) => [name, params[name] ?? ""])) as Record<Name, string>;
}
