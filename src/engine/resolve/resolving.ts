/** What a reference means: a definition in the API, or one that a resolver finds. */
import { parseAllDocuments } from "yaml";
import { ApiError, type Kind, type KubeObject } from "../../kube/index.ts";
import { traced } from "../tracing/index.ts";
import { type PipelineSpec, type StepAction, type TaskSpec, TektonKind } from "../types/index.ts";
import { admit } from "../validate/index.ts";
import {
  type Content,
  type RefSource,
  type Resolution,
  ResolutionError,
  type ResolutionRequest,
  type Resolving,
  resolverParams,
} from "./resolution.ts";
import { resolvers } from "./resolvers.ts";

/** Finds definitions. What cannot be found is an answer; that the API does not answer is thrown. */
export const resolving = traced({
  async resolveTask(pass: Resolving, request: ResolutionRequest): Promise<Resolution<TaskSpec>> {
    return resolveAs(TektonKind.task, { pass, request });
  },

  async resolvePipeline(pass: Resolving, request: ResolutionRequest): Promise<Resolution<PipelineSpec>> {
    return resolveAs(TektonKind.pipeline, { pass, request });
  },

  async resolveStepAction(
    pass: Resolving,
    request: ResolutionRequest,
  ): Promise<Resolution<StepAction["spec"]>> {
    return resolveAs(TektonKind.stepAction, { pass, request });
  },
});

export const { resolveTask, resolvePipeline, resolveStepAction } = resolving;

type Definition<Spec> = KubeObject & { spec: Spec };

interface Work {
  pass: Resolving;
  request: ResolutionRequest;
}

async function resolveAs<Spec>(kind: Kind<Definition<Spec>>, work: Work): Promise<Resolution<Spec>> {
  const { pass, request } = work;
  try {
    const { object, source } = request.reference.resolver
      ? await resolveFar(kind, work)
      : { object: await resolveByName(kind, work) };
    const { name, labels = {}, annotations = {} } = object.metadata;
    const metadata = { name, labels, annotations };
    return { kind: "found", spec: object.spec, metadata, ...(source !== undefined && { source }) };
  } catch (fault) {
    const failure = failureOf(fault);
    if (failure === undefined) throw fault;
    pass.span.decided(`found no ${kind.kind}: ${failure.message}`);
    return { kind: "failed", ...failure };
  }
}

/** What is not there, and what nobody may have, is not waited for. */
function failureOf(fault: unknown): { message: string; permanent: boolean } | undefined {
  if (fault instanceof ResolutionError) return { message: fault.message, permanent: fault.isPermanent };
  const isRefused =
    fault instanceof ApiError && fault.status >= 400 && fault.status < 500 && fault.status !== 429;
  return isRefused ? { message: fault.message, permanent: true } : undefined;
}

async function resolveByName<Spec>(
  kind: Kind<Definition<Spec>>,
  { pass, request: { reference, namespace } }: Work,
): Promise<Definition<Spec>> {
  return pass.engine.api.get(kind, { namespace, name: reference.name ?? "" });
}

async function resolveFar<Spec>(
  kind: Kind<Definition<Spec>>,
  { pass, request: { reference, namespace } }: Work,
): Promise<{ object: Definition<Spec>; source: RefSource }> {
  const { resolver = "" } = reference;
  const resolve = FUNCTIONS.get(resolver);
  if (resolve === undefined) {
    const known = [...FUNCTIONS.keys()].join(", ");
    throw new ResolutionError(`there is no resolver "${resolver}" here: use one of ${known}`);
  }
  const params = resolverParams(reference.params);
  const content = await resolve(pass, { params: { ...kindParam(kind, resolver), ...params }, namespace });
  return { object: definitionIn(content, kind), source: content.source };
}

const FUNCTIONS = new Map(
  Object.entries({
    git: resolvers.git,
    http: resolvers.http,
    hub: resolvers.hub,
    bundles: resolvers.bundles,
    cluster: resolvers.cluster,
  }),
);

/** Where several kinds are kept under one name, the reference says which it wants. */
function kindParam(kind: Kind, resolver: string): { kind?: string } {
  return ["hub", "bundles", "cluster"].includes(resolver) ? { kind: kind.kind.toLowerCase() } : {};
}

function definitionIn<Spec>({ text, source }: Content, kind: Kind<Definition<Spec>>): Definition<Spec> {
  const object = parseObject(text, source);
  if (object.kind !== kind.kind)
    throw new ResolutionError(
      `${source.uri} has a ${object.kind ?? "document without kind"}, not a ${kind.kind}`,
    );
  try {
    return admit({ operation: "create", object }).object as Definition<Spec>;
  } catch (fault) {
    if (!(fault instanceof ApiError)) throw fault;
    throw new ResolutionError(`${kind.kind} in ${source.uri} is not valid: ${fault.message}`, {
      cause: fault,
    });
  }
}

function parseObject(text: string, { uri }: RefSource): KubeObject {
  const object = firstDocumentOf(text, uri);
  const { metadata } = (object ?? {}) as Partial<KubeObject>;
  if (typeof metadata !== "object" || typeof metadata?.name !== "string")
    throw new ResolutionError(`${uri} has no object with kind and metadata`);
  return object as KubeObject;
}

/** Files of catalogs begin with an empty document now and then. */
function firstDocumentOf(text: string, uri: string | undefined): unknown {
  try {
    // Looking for keys that are there twice takes the square of their number; of those the last one counts, as on a cluster.
    for (const document of parseAllDocuments(text, { uniqueKeys: false })) {
      const [error] = document.errors;
      if (error !== undefined) throw error;
      const value: unknown = document.toJS();
      if (value !== null) return value;
    }
    return undefined;
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : String(fault);
    throw new ResolutionError(`${uri} is no YAML: ${why}`, { cause: fault });
  }
}
