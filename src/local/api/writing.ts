/** Creating and changing objects: what each write has to obey before it is stored (Kubernetes API conventions). */
import { randomUUID } from "node:crypto";
import { type Clock, timestamp } from "../../engine/index.ts";
import { apiVersionOf, CoreKind, type KubeObject, type Metadata } from "../../kube/index.ts";
import type { Remover } from "./deletion.ts";
import { isJsonObject, isSameJson, type JsonObject } from "./json.ts";
import { contentProblem, firstStatus, withDefaults } from "./kind-rules.ts";
import { metadataOf } from "./metadata.ts";
import { generateName, metadataProblem, nameProblem, namespaceProblem } from "./names.ts";
import { keyIn, type Objects, type Place, type StoredObject } from "./objects.ts";
import { jsonPatch, mergePatch, strategicPatch } from "./patches.ts";
import * as refusals from "./refusals.ts";
import { type Resource, resourceOf } from "./resources.ts";
import { serverSideApply } from "./server-side-apply.ts";

/** What is to be admitted: an object of `tekton.dev` that is new, or has a new spec, in the version it was sent in. */
export interface AdmissionRequest {
  operation: "create" | "update";
  object: KubeObject;
  old?: KubeObject;
}

/** Makes it one of the stored version, fills in defaults and checks. Throws an `ApiError` for what it refuses. */
export type Admit = (request: AdmissionRequest) => { object: KubeObject; warnings: readonly string[] };

/** What came of a write, and what its author should be told. */
export interface Written {
  object: StoredObject;
  warnings: readonly string[];
}

/** Which part of an object a write is about. The other one stays as it is. */
export type Part = "object" | "status";

export interface WriteOptions {
  part?: Part;
  /** Checks everything and stores nothing. */
  isDryRun?: boolean;
}

export type Patch =
  | { kind: "merge" | "json" | "strategic"; body: unknown }
  /** Makes the object when there is none. */
  | { kind: "apply"; body: JsonObject; manager: string };

export interface Writer {
  create(resource: Resource, object: KubeObject, options?: WriteOptions): Written;
  update(place: Place, object: KubeObject, options?: WriteOptions): Written;
  patch(place: Place, patch: Patch, options?: WriteOptions): Written;
}

export interface WriterOptions {
  clock: Clock;
  remover: Remover;
  admit?: Admit;
}

/** Every write is read, decided and stored in one turn, so none can come between. */
export function createWriter(objects: Objects, { clock, remover, admit }: WriterOptions): Writer {
  const admitted = (resource: Resource, request: AdmissionRequest) => {
    const isAsked = admit !== undefined && resource.group === "tekton.dev";
    const { object, warnings } = isAsked ? admit(request) : { object: request.object, warnings: [] };
    return { object: { ...object, apiVersion: apiVersionOf(resource) } as StoredObject, warnings };
  };

  const create = (
    resource: Resource,
    given: KubeObject,
    { isDryRun = false }: WriteOptions = {},
  ): Written => {
    checkKind(resource, given);
    const sent = { ...given, metadata: metadataOf(given) };
    const named = { ...sent, metadata: newMetadata(resource, sent, clock) };
    const { object, warnings } = admitted(resource, { operation: "create", object: named });
    const ready = asNew(resource, object);
    checkContents(resource, ready);
    const { name, namespace = "" } = ready.metadata;
    if (objects.find(resource, { namespace, name }) !== undefined)
      throw refusals.alreadyExists(resource, name);
    if (isDryRun) return { object: ready, warnings };
    if (resource.isNamespaced) ensureNamespace({ namespace, for: { resource, name } });
    const stored = objects.put(resource, ready);
    if (stored.kind === "Namespace") addServiceAccount(name);
    remover.adopt({ resource, key: keyIn(stored) });
    return { object: stored, warnings };
  };

  /** A laptop has nobody to make namespaces first. */
  const ensureNamespace = (wanted: { namespace: string; for: { resource: Resource; name: string } }) => {
    const { namespace: name } = wanted;
    const found = objects.find(NAMESPACE, { namespace: "", name });
    if (found === undefined) create(NAMESPACE, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    if (found?.metadata.deletionTimestamp === undefined) return;
    const what = `${refusals.qualifiedPlural(wanted.for.resource)} "${wanted.for.name}"`;
    throw refusals.forbidden(
      `${what} is forbidden: unable to create new content in namespace ${name} because it is being terminated`,
    );
  };

  const addServiceAccount = (namespace: string) => {
    const metadata = { name: "default", namespace };
    create(SERVICE_ACCOUNT, { apiVersion: "v1", kind: "ServiceAccount", metadata });
  };

  const update = (
    place: Place,
    given: KubeObject,
    { part = "object", isDryRun = false }: WriteOptions = {},
  ) => {
    const current = objects.at(place);
    if (current === undefined) throw refusals.notFound(place.resource, place.key.name);
    checkKind(place.resource, given);
    const sent = { ...given, metadata: metadataOf(given) };
    checkPreconditions(place, { current, given: sent.metadata });
    const { object, warnings } =
      part === "status" ? withStatus(current, sent) : withContents(place, { current, given: sent });
    const isSame = isSameJson(object, current);
    if (isDryRun || isSame) return { object: isSame ? current : object, warnings };
    const stored = objects.put(place.resource, object);
    remover.settle(place);
    return { object: stored, warnings };
  };

  const withContents = (
    place: Place,
    { current, given }: { current: StoredObject; given: KubeObject },
  ): Written => {
    const { resource } = place;
    const metadata = sameIdentity(current.metadata, given.metadata);
    const { status } = resource.hasStatus ? current : (given as StoredObject);
    const next = withDefaults({ ...given, metadata, status } as KubeObject) as StoredObject;
    const isAsBefore = next.apiVersion === current.apiVersion && isSameJson(next.spec, current.spec);
    if (isAsBefore) return checked(resource, { object: next, warnings: [] });
    const { object, warnings } = admitted(resource, { operation: "update", object: next, old: current });
    return checked(resource, { object: withGeneration(object, current), warnings });
  };

  const patch = (place: Place, how: Patch, options: WriteOptions = {}): Written => {
    const current = objects.at(place);
    if (current !== undefined) return update(place, patched({ ...current }, how), options);
    if (how.kind !== "apply" || options.part === "status")
      throw refusals.notFound(place.resource, place.key.name);
    const metadata = { ...(how.body["metadata"] as object), ...place.key };
    return create(place.resource, patched({ metadata }, how), options);
  };

  const patched = (target: JsonObject, how: Patch): KubeObject => {
    const object = applied(target, how);
    if (!isJsonObject(object)) throw refusals.badRequest("the patch leaves no object");
    return object as unknown as KubeObject;
  };

  const applied = (target: JsonObject, how: Patch): unknown => {
    switch (how.kind) {
      case "merge":
        return mergePatch(target, how.body);
      case "json":
        return jsonPatch(target, how.body);
      case "strategic":
        return strategicPatch(target, how.body);
      case "apply":
        return serverSideApply(target, how.body, { name: how.manager, time: timestamp(clock.now()) });
    }
  };

  return { create, update, patch };
}

const NAMESPACE = resourceOf(CoreKind.namespace);
const SERVICE_ACCOUNT = resourceOf(CoreKind.serviceAccount);

function checkKind({ kind }: Resource, object: KubeObject): void {
  if (object.kind !== kind)
    throw refusals.badRequest(
      `the object provided is unrecognized (must be of type ${kind}): ${object.kind}`,
    );
}

function checkContents(resource: Resource, object: StoredObject): void {
  const { name, namespace } = object.metadata;
  const problem =
    nameProblem(resource.kind, name) ??
    (namespace === undefined ? undefined : namespaceProblem(namespace)) ??
    metadataProblem(object.metadata) ??
    contentProblem(object);
  if (problem !== undefined) throw refusals.invalid(resource, { name, problem });
}

function checked(resource: Resource, written: Written): Written {
  checkContents(resource, written.object);
  return written;
}

function checkPreconditions(
  { resource, key }: Place,
  { current, given }: { current: StoredObject; given: Metadata },
): void {
  const { uid, resourceVersion = "" } = given;
  const present = current.metadata.uid;
  if (uid !== undefined && uid !== present)
    throw refusals.otherUid(resource, { name: key.name, wanted: uid, present });
  if (resourceVersion !== "" && resourceVersion !== current.metadata.resourceVersion)
    throw refusals.wasModified(resource, key.name);
  if (given.name !== "" && given.name !== key.name)
    throw refusals.badRequest(
      `the name of the object (${given.name}) does not match the name on the URL (${key.name})`,
    );
}

function newMetadata(resource: Resource, { metadata }: KubeObject, clock: Clock): Metadata {
  const { name = "", generateName: base = "" } = metadata;
  const {
    namespace,
    resourceVersion: _,
    deletionTimestamp: __,
    deletionGracePeriodSeconds: ___,
    ...rest
  } = metadata;
  return {
    ...rest,
    name: name === "" && base !== "" ? generateName(base) : name,
    ...(resource.isNamespaced && { namespace: namespace || "default" }),
    uid: randomUUID(),
    creationTimestamp: timestamp(clock.now()),
  };
}

function asNew(resource: Resource, { status, ...object }: StoredObject): StoredObject {
  const full = withDefaults(object as KubeObject) as StoredObject;
  const own = resource.hasStatus ? firstStatus(full) : status;
  return {
    ...full,
    metadata: { ...full.metadata, ...(full.spec !== undefined && { generation: 1 }) },
    ...(own !== undefined && { status: own }),
  };
}

/** Generations count what the spec has been. */
function withGeneration(object: StoredObject, current: StoredObject): StoredObject {
  if (isSameJson(object.spec, current.spec)) return object;
  const generation = (current.metadata.generation ?? 0) + 1;
  return { ...object, metadata: { ...object.metadata, generation } };
}

/** What a writer cannot change. */
function sameIdentity(current: StoredObject["metadata"], given: Metadata): Metadata {
  const {
    name,
    namespace,
    uid,
    resourceVersion,
    creationTimestamp,
    generation,
    generateName: base,
  } = current;
  const { deletionTimestamp, deletionGracePeriodSeconds } = current;
  return {
    ...given,
    ...{ name, namespace, uid, resourceVersion, creationTimestamp, generation, generateName: base },
    ...{ deletionTimestamp, deletionGracePeriodSeconds },
  } as Metadata;
}

function withStatus(current: StoredObject, given: KubeObject): Written {
  const { status } = given as StoredObject;
  return { object: { ...current, status } as StoredObject, warnings: [] };
}
