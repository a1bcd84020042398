/** The ways to say what is to change: merge patch, JSON patch, strategic merge patch. Each answers a new value. */
import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type JsonObject } from "./json.ts";
import { badRequest, refusal } from "./refusals.ts";

/** JSON merge patch (RFC 7386). */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const merged = new Map(Object.entries(isJsonObject(target) ? target : {}));
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) merged.delete(field);
    else merged.set(field, mergePatch(merged.get(field), value));
  }
  return Object.fromEntries(merged);
}

/** JSON patch (RFC 6902). Throws 422 where it does not fit, as the API server does. */
export function jsonPatch(target: unknown, operations: unknown): unknown {
  if (!Array.isArray(operations)) throw badRequest("a JSON patch is a list of operations");
  if (operations.length > MOST_OPERATIONS)
    throw refusal(413, "RequestEntityTooLarge", `a JSON patch may have ${MOST_OPERATIONS} operations`);
  let copiedBytes = 0;
  return operations.reduce((value, operation) => {
    if (operation?.op === "copy") copiedBytes += sizeOf(valueAt(value, pointer(operation.from)));
    if (copiedBytes > MOST_COPIED_BYTES)
      throw unfit(`what it copies is more than ${MOST_COPIED_BYTES} bytes`);
    return applyOperation(value, operation);
  }, target);
}

/** The API server's limits (apiserver, maxJSONPatchOperations and JSONPatchMaxCopyBytes): copies of copies double. */
const MOST_OPERATIONS = 10_000;
const MOST_COPIED_BYTES = 3 * 1024 * 1024;

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}

interface Operation {
  op?: unknown;
  path?: unknown;
  from?: unknown;
  value?: unknown;
}

function applyOperation(target: unknown, operation: Operation | null): unknown {
  if (!isJsonObject(operation)) throw unfit(`not an operation: ${JSON.stringify(operation)}`);
  const path = pointer(operation.path);
  switch (operation.op) {
    case "add":
      return addAt(target, path, operation.value);
    case "remove":
      return removeAt(target, path);
    case "replace":
      valueAt(target, path);
      return path.length === 0 ? operation.value : addAt(removeAt(target, path), path, operation.value);
    case "copy":
      return addAt(target, path, valueAt(target, pointer(operation.from)));
    case "move": {
      const from = pointer(operation.from);
      return addAt(removeAt(target, from), path, valueAt(target, from));
    }
    case "test":
      if (isDeepStrictEqual(valueAt(target, path), operation.value)) return target;
      throw unfit(`testing path ${operation.path} failed`);
    default:
      throw unfit(`unexpected kind of operation: ${JSON.stringify(operation.op)}`);
  }
}

function unfit(message: string) {
  return refusal(
    422,
    "Invalid",
    `the server rejected our request due to an error in our request: ${message}`,
  );
}

/** JSON pointer (RFC 6901). */
function pointer(path: unknown): string[] {
  if (typeof path !== "string" || !/^(?:\/|$)/.test(path)) throw unfit(`not a path: ${JSON.stringify(path)}`);
  return path
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function valueAt(target: unknown, path: readonly string[]): unknown {
  let value = target;
  for (const part of path) {
    value = Array.isArray(value)
      ? value[indexIn(value, part)]
      : isJsonObject(value)
        ? value[part]
        : undefined;
    if (value === undefined) throw unfit(`there is nothing at /${path.join("/")}`);
  }
  return value;
}

function addAt(target: unknown, path: readonly string[], value: unknown): unknown {
  return editAt(target, path, {
    list: (list, part) => list.toSpliced(part === "-" ? list.length : indexIn(list, part, 1), 0, value),
    object: (object, part) => withField(object, part, value),
  });
}

function removeAt(target: unknown, path: readonly string[]): unknown {
  valueAt(target, path);
  return editAt(target, path, {
    list: (list, part) => list.toSpliced(indexIn(list, part), 1),
    object: (object, part) => Object.fromEntries(Object.entries(object).filter(([field]) => field !== part)),
  });
}

interface Edit {
  list(list: readonly unknown[], part: string): unknown[];
  object(object: JsonObject, part: string): JsonObject;
}

/** Copies what lies on the way to the last part of the path, and edits there. */
function editAt(target: unknown, [part, ...rest]: readonly string[], edit: Edit): unknown {
  if (part === undefined) throw unfit("the whole object cannot be added or removed");
  if (Array.isArray(target)) {
    if (rest.length === 0) return edit.list(target, part);
    const index = indexIn(target, part);
    return target.with(index, editAt(target[index], rest, edit));
  }
  if (!isJsonObject(target)) throw unfit(`there is nothing that could have ${JSON.stringify(part)}`);
  return rest.length === 0
    ? edit.object(target, part)
    : withField(target, part, editAt(target[part], rest, edit));
}

function withField(object: JsonObject, field: string, value: unknown): JsonObject {
  return Object.fromEntries([...Object.entries(object), [field, value]]);
}

/** @param beyond how far past the last item it may lie. */
function indexIn(list: readonly unknown[], part: string, beyond = 0): number {
  const index = /^(?:0|[1-9]\d{0,8})$/.test(part) ? Number(part) : Number.NaN;
  if (!(index < list.length + beyond)) throw unfit(`there is no item ${part}`);
  return index;
}

/**
 * Strategic merge patch (Kubernetes API conventions, "strategic merge patch"): like a merge patch, but lists of things with
 * names are merged thing by thing. The order of a list is that of the target, then what is new; `$setElementOrder` is not
 * followed, because nothing here depends on it.
 */
export function strategicPatch(target: unknown, patch: unknown, field = ""): unknown {
  if (Array.isArray(patch)) return mergeList(Array.isArray(target) ? target : [], patch, field);
  if (!isJsonObject(patch)) return patch;
  if (patch["$patch"] === "replace") return withoutDirectives(patch);
  const merged = new Map(Object.entries(isJsonObject(target) ? target : {}));
  for (const [name, value] of Object.entries(withoutDirectives(patch))) {
    const isGone = value === null || (isJsonObject(value) && value["$patch"] === "delete");
    if (isGone) merged.delete(name);
    else merged.set(name, strategicPatch(merged.get(name), value, name));
  }
  for (const [name, values] of removedItems(patch)) {
    const list = merged.get(name);
    if (Array.isArray(list))
      merged.set(
        name,
        list.filter((item) => !values.includes(item)),
      );
  }
  return Object.fromEntries(merged);
}

/** What tells the items of a list apart, by the list's name (`patchMergeKey` in Kubernetes' types). */
const MERGE_KEY = new Map([
  ["containers", "name"],
  ["initContainers", "name"],
  ["ephemeralContainers", "name"],
  ["volumes", "name"],
  ["env", "name"],
  ["imagePullSecrets", "name"],
  ["secrets", "name"],
  ["volumeMounts", "mountPath"],
  ["volumeDevices", "devicePath"],
  ["ports", "containerPort"],
  ["hostAliases", "ip"],
  ["ownerReferences", "uid"],
  ["conditions", "type"],
]);

function mergeList(target: readonly unknown[], patch: readonly unknown[], field: string): unknown[] {
  if (field === "finalizers") return [...new Set([...target, ...patch])];
  const key = MERGE_KEY.get(field);
  if (key === undefined || patch.some((item) => isJsonObject(item) && item["$patch"] === "replace"))
    return patch.filter((item) => !(isJsonObject(item) && "$patch" in item));
  return patch.reduce<unknown[]>((list, item) => mergeItem(list, item, key), [...target]);
}

function mergeItem(list: readonly unknown[], item: unknown, key: string): unknown[] {
  if (!isJsonObject(item) || item[key] === undefined)
    throw badRequest(`an item of the patch has no ${key}, which the others are told apart by`);
  const at = list.findIndex((other) => isJsonObject(other) && other[key] === item[key]);
  if (item["$patch"] === "delete") return at === -1 ? [...list] : list.toSpliced(at, 1);
  return at === -1 ? [...list, strategicPatch({}, item)] : list.with(at, strategicPatch(list[at], item));
}

const REMOVED_ITEMS = "$deleteFromPrimitiveList/";

function removedItems(patch: JsonObject): [string, readonly unknown[]][] {
  return Object.entries(patch).flatMap(([name, values]) =>
    name.startsWith(REMOVED_ITEMS) && Array.isArray(values)
      ? [[name.slice(REMOVED_ITEMS.length), values] as [string, readonly unknown[]]]
      : [],
  );
}

function withoutDirectives(patch: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(patch).filter(([name]) => !name.startsWith("$")));
}
