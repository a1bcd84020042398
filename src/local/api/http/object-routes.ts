/** Requests for objects and collections of them (Kubernetes API concepts). */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { KubeObject, WatchOptions } from "../../../kube/index.ts";
import type { Deletion } from "../deletion.ts";
import type { Operations } from "../embedded-api.ts";
import { isJsonObject, type JsonObject, objectAt } from "../json.ts";
import type { Place, StoredObject } from "../objects.ts";
import { badRequest, notServed, refusal } from "../refusals.ts";
import type { Part, Patch, WriteOptions, Written } from "../writing.ts";
import { mediaTypeOf, readBody, readObject } from "./body.ts";
import { checkFields } from "./field-validation.ts";
import type { ObjectPath } from "./object-path.ts";
import { type PodLogs, respondWithLog } from "./pod-log.ts";
import { json, type Reply } from "./reply.ts";
import { tableOf, wantsTable } from "./table.ts";
import { respondWithWatch } from "./watch-response.ts";

export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  query: URLSearchParams;
  path: ObjectPath;
  operations: Operations;
  podLogs: PodLogs;
  /** Aborted when what goes on without end is to end. */
  ended: AbortSignal;
}

/** Throws `ApiError`. */
export async function answerObjects(exchange: Exchange): Promise<Reply> {
  const { path, request } = exchange;
  if (path.name === undefined) return answerCollection(exchange);
  const place = placeOf(path, path.name);
  if (path.subresource === "log" && path.resource.kind === "Pod") return answerLog(exchange, place);
  const part = partOf(path);
  switch (request.method) {
    case "GET":
      return json(shownOne(exchange, exchange.operations.get(place)));
    case "PUT":
      return update(exchange, place, part);
    case "PATCH":
      return patch(exchange, place, part);
    case "DELETE":
      if (part === "object") return remove(exchange, place);
  }
  throw methodNotAllowed(request);
}

function answerCollection(exchange: Exchange): Reply | Promise<Reply> {
  const { request, query } = exchange;
  switch (request.method) {
    case "GET":
      return query.get("watch") === "true" || query.get("watch") === "1" ? watch(exchange) : list(exchange);
    case "POST":
      return create(exchange);
    case "DELETE":
      return removeAll(exchange);
  }
  throw methodNotAllowed(request);
}

function partOf({ subresource, resource }: ObjectPath): Part {
  if (subresource === undefined) return "object";
  if (subresource === "status" && resource.hasStatus) return "status";
  throw notServed();
}

function placeOf({ resource, namespace = "" }: ObjectPath, name: string): Place {
  return { resource, key: { namespace, name } };
}

function methodNotAllowed({ method }: IncomingMessage) {
  return refusal(405, "MethodNotAllowed", `the server does not allow ${method} on the requested resource`);
}

function list(exchange: Exchange): Reply {
  const { operations, path, request } = exchange;
  const page = operations.list(path.resource, { ...selection(exchange), ...paging(exchange.query) });
  const { items, resourceVersion, continue: token, remaining } = page;
  const metadata = {
    resourceVersion,
    ...(token !== undefined && { continue: token, remainingItemCount: remaining }),
  };
  if (wantsTable(request.headers.accept)) return json(table(exchange, items, metadata));
  const kind = `${path.resource.kind}List`;
  const shown = items.map((object) => inVersion(path, object));
  return json({ kind, apiVersion: apiVersionOf(path), metadata, items: shown });
}

function selection({ path, query }: Exchange) {
  return {
    ...(path.namespace !== undefined && { namespace: path.namespace }),
    labelSelector: query.get("labelSelector") ?? "",
    fieldSelector: query.get("fieldSelector") ?? "",
  };
}

function paging(query: URLSearchParams) {
  const limit = Number(query.get("limit") ?? 0);
  if (!Number.isSafeInteger(limit) || limit < 0)
    throw badRequest(`limit must be a number: ${query.get("limit")}`);
  return { limit, continue: query.get("continue") ?? "" };
}

function watch(exchange: Exchange): Reply {
  const { operations, path, query, request, response, ended } = exchange;
  const isTable = wantsTable(request.headers.accept);
  const identity = isTable
    ? { kind: "Table", apiVersion: "meta.k8s.io/v1" }
    : { kind: path.resource.kind, apiVersion: apiVersionOf(path) };
  const sendsInitial = query.get("sendInitialEvents") === "true";
  const wantsBookmarks = query.get("allowWatchBookmarks") === "true";
  respondWithWatch(response, {
    operations,
    ended,
    resource: path.resource,
    watch: { ...selection(exchange), ...watchRange(query), ...(sendsInitial && { resourceVersion: "0" }) },
    wantsBookmarks,
    marksInitialEnd: sendsInitial && wantsBookmarks,
    identity,
    present: ({ object }) => (isTable ? table(exchange, [object]) : inVersion(path, object)),
  });
  return { kind: "streamed" };
}

function watchRange(query: URLSearchParams): WatchOptions {
  const timeoutSeconds = Number(query.get("timeoutSeconds") ?? 0);
  return {
    resourceVersion: query.get("resourceVersion") ?? "0",
    ...(timeoutSeconds > 0 && { timeoutSeconds: Math.min(timeoutSeconds, MOST_TIMEOUT_SECONDS) }),
  };
}

/** What a timer can count. */
const MOST_TIMEOUT_SECONDS = 86_400;

async function create(exchange: Exchange): Promise<Reply> {
  const { operations, path } = exchange;
  const object = asSent(path, await readObject(exchange.request));
  const warnings = checkFields(object, modeOf(exchange));
  const written = await operations.create(path.resource, object, writeOptions(exchange));
  return answerWritten(exchange, { written, warnings, status: 201 });
}

async function update(exchange: Exchange, place: Place, part: Part): Promise<Reply> {
  const object = asSent(exchange.path, await readObject(exchange.request));
  const warnings = checkFields(object, modeOf(exchange));
  const written = await exchange.operations.update(place, object, writeOptions(exchange, part));
  return answerWritten(exchange, { written, warnings });
}

async function patch(exchange: Exchange, place: Place, part: Part): Promise<Reply> {
  const { operations, query, request } = exchange;
  const how = patchOf(exchange, await readBody(request));
  const applied = how.kind === "apply" ? { ...how, body: asSent(exchange.path, how.body) } : how;
  const warnings = how.kind === "json" ? [] : checkFields(sketchOf(exchange.path, how), modeOf(exchange));
  const isNew = how.kind === "apply" && operations.find(place) === undefined;
  const written = await operations.patch(place, applied as Patch, writeOptions(exchange, part));
  return answerWritten(exchange, {
    written,
    warnings,
    status: isNew && query.get("dryRun") === null ? 201 : 200,
  });
}

/** The fields a patch has, as an object of the kind. */
function sketchOf({ resource, version }: ObjectPath, { body }: Patch): KubeObject {
  const { group, kind } = resource;
  const apiVersion = group === "" ? version : `${group}/${version}`;
  return { ...(isJsonObject(body) ? body : {}), apiVersion, kind } as KubeObject;
}

const PATCH_KINDS: ReadonlyMap<string, Patch["kind"]> = new Map([
  ["application/merge-patch+json", "merge"],
  ["application/json-patch+json", "json"],
  ["application/strategic-merge-patch+json", "strategic"],
  ["application/apply-patch+yaml", "apply"],
]);

function patchOf({ request, path, query }: Exchange, body: unknown): Patch {
  const type = mediaTypeOf(request);
  const kind = PATCH_KINDS.get(type);
  // How lists are merged is known of Kubernetes' own kinds only, there as here.
  if (kind === undefined || (kind === "strategic" && path.resource.group !== ""))
    throw unknownPatch(path, type);
  if (kind !== "apply") return { kind, body };
  const manager = query.get("fieldManager");
  if (manager === null)
    throw badRequest(
      "PatchOptions.meta.k8s.io is invalid: fieldManager: Required value: is required for apply patch",
    );
  if (!isJsonObject(body)) throw badRequest("the body of the request is not an object");
  return { kind, body, manager };
}

function unknownPatch({ resource }: ObjectPath, type: string) {
  const accepted = [...PATCH_KINDS]
    .filter(([, kind]) => resource.group === "" || kind !== "strategic")
    .map(([type]) => type);
  return refusal(
    415,
    "UnsupportedMediaType",
    `${type}: the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );
}

/** An object in the version and at the place it was sent to. Throws 400 when it says otherwise. */
function asSent<T extends JsonObject>(path: ObjectPath, body: T): T & KubeObject {
  const { namespace, resource } = path;
  const apiVersion = apiVersionOf(path);
  const metadata = objectAt(body, "metadata");
  const given = { apiVersion, kind: resource.kind, ...body };
  if (given.apiVersion !== apiVersion)
    throw badRequest(
      `the API version in the data (${given.apiVersion}) does not match the expected API version (${apiVersion})`,
    );
  if (namespace === undefined) return { ...given, metadata } as unknown as T & KubeObject;
  if (metadata["namespace"] !== undefined && metadata["namespace"] !== namespace)
    throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
  return { ...given, metadata: { ...metadata, namespace } } as unknown as T & KubeObject;
}

function modeOf({ query }: Exchange): string {
  return query.get("fieldValidation") ?? "Warn";
}

function writeOptions({ query }: Exchange, part: Part = "object"): WriteOptions {
  return { part, isDryRun: query.get("dryRun") === "All" };
}

interface Outcome {
  written: Written;
  warnings: readonly string[];
  status?: number;
}

function answerWritten(exchange: Exchange, { written, warnings, status = 200 }: Outcome): Reply {
  // Admission may know of the same field, and say more.
  const news = warnings.filter((own) => !written.warnings.some((other) => other.startsWith(own)));
  return json(shownOne(exchange, written.object), status, [...news, ...written.warnings]);
}

async function remove(exchange: Exchange, place: Place): Promise<Reply> {
  const { operations, path } = exchange;
  const object = await operations.delete(place, await deletionOf(exchange));
  if (object.metadata.deletionTimestamp !== undefined && operations.find(place) !== undefined)
    return json(inVersion(path, object));
  const { name, uid } = object.metadata;
  const details = { name, group: path.resource.group, kind: path.resource.plural, uid };
  return json({ kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", details });
}

async function removeAll(exchange: Exchange): Promise<Reply> {
  const { operations, path } = exchange;
  const options = await deletionOf(exchange);
  const { items } = operations.list(path.resource, selection(exchange));
  for (const { metadata } of items)
    await operations.delete(
      placeOf({ ...path, namespace: metadata.namespace ?? "" }, metadata.name),
      options,
    );
  const shown = items.map((object) => inVersion(path, object));
  const metadata = { resourceVersion: operations.version() };
  return json({ kind: `${path.resource.kind}List`, apiVersion: apiVersionOf(path), metadata, items: shown });
}

const POLICIES = ["Background", "Foreground", "Orphan"] as const;

/** `DeleteOptions` come in the body, in the query, or not at all. */
async function deletionOf({ request, query }: Exchange): Promise<Deletion> {
  const body = await readBody(request);
  const options: JsonObject = { ...Object.fromEntries(query), ...(isJsonObject(body) ? body : {}) };
  const { uid, resourceVersion } = objectAt(options, "preconditions");
  const seconds = options["gracePeriodSeconds"];
  const policy = POLICIES.find((each) => each === options["propagationPolicy"]);
  return {
    ...(typeof uid === "string" && { uid }),
    ...(typeof resourceVersion === "string" && { resourceVersion }),
    ...(seconds !== undefined && seconds !== null && { gracePeriodSeconds: secondsOf(seconds) }),
    ...(policy !== undefined && { propagationPolicy: policy }),
    ...(options["orphanDependents"] === true && { propagationPolicy: "Orphan" as const }),
    isDryRun: options["dryRun"] !== undefined && String(options["dryRun"]).includes("All"),
  };
}

function secondsOf(value: unknown): number {
  const seconds = Number(value);
  if (Number.isSafeInteger(seconds) && seconds >= 0) return seconds;
  throw badRequest(`gracePeriodSeconds must be a number of seconds: ${JSON.stringify(value)}`);
}

async function answerLog(exchange: Exchange, place: Place): Promise<Reply> {
  const { operations, query, response, podLogs, ended } = exchange;
  const pod = operations.get(place);
  await respondWithLog(response, { pod, query, podLogs, ended });
  return { kind: "streamed" };
}

function apiVersionOf({ resource, version }: ObjectPath): string {
  return resource.group === "" ? version : `${resource.group}/${version}`;
}

/**
 * The object under the version asked for. Older versions of Tekton's kinds are understood when they are written; what is
 * read has the stored version's fields, whatever version it is asked for in.
 */
function inVersion(path: ObjectPath, object: StoredObject): StoredObject {
  const apiVersion = apiVersionOf(path);
  return object.apiVersion === apiVersion ? object : { ...object, apiVersion };
}

function shownOne(exchange: Exchange, object: StoredObject): object {
  return wantsTable(exchange.request.headers.accept)
    ? table(exchange, [object], { resourceVersion: object.metadata.resourceVersion })
    : inVersion(exchange.path, object);
}

function table(
  { path, query, operations }: Exchange,
  objects: readonly StoredObject[],
  metadata?: object,
): object {
  return tableOf(
    objects.map((object) => inVersion(path, object)),
    {
      kind: path.resource.kind,
      nowMillis: Number(operations.clock.now() / 1_000_000n),
      includeObject: query.get("includeObject") ?? "Metadata",
      ...(metadata !== undefined && { metadata }),
    },
  );
}
