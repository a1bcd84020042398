import type { InputObject, InputSink } from "./contract.ts";
import { isRecord } from "./record.ts";

/** The object of a parsed value: lists inside it are opened, watch events are unpacked, the rest is handed on. */
export function unwrap(object: InputObject, sink: InputSink): void {
  const { value, where } = object;
  if (isWatchEvent(value)) unwrapEvent(value, { where, sink });
  else if (Array.isArray(value.items)) {
    unwrapEach(value.items, { head: listHead(value), where: `${where}, items`, sink });
  } else if (value.kind === "List" && value.items !== null) sink.onProblem({ where, message: NO_ITEMS });
  else if (!isEmptyList(value)) sink.onObject(object);
}

/** The same for each value of an array. They are the items of a list, if `head` says anything. */
export function unwrapEach(
  values: unknown[],
  list: { head: ListHead; where: string; sink: InputSink },
): void {
  for (const [index, value] of values.entries()) {
    const where = `${list.where}[${index}]`;
    if (isRecord(value)) {
      completeItem(value, list.head);
      unwrap({ value, where }, list.sink);
    } else list.sink.onProblem({ where, message: "is not a Kubernetes object: left out, the rest is read" });
  }
}

const NO_ITEMS = "is a list without items: it may be damaged; collect it again";

/** One line of `kubectl get --watch --output-watch-events`, or of the API's own watch. */
export interface WatchEvent {
  type: string;
  object: Record<string, unknown>;
}

/** Whether a value is a watch event (apimachinery, meta/v1 WatchEvent). */
export function isWatchEvent(value: Record<string, unknown>): value is Record<string, unknown> & WatchEvent {
  return WATCH_TYPES.has(value.type) && value.kind === undefined && isRecord(value.object);
}

const WATCH_TYPES: ReadonlySet<unknown> = new Set(["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"]);

/** A bookmark carries no object, only a resource version. */
function unwrapEvent(event: WatchEvent, { where, sink }: { where: string; sink: InputSink }): void {
  if (event.type === "ERROR") {
    const reason = event.object.message ?? "no message";
    sink.onProblem({
      where,
      message: `the watch reported an error (${reason}): what came later may be missing`,
    });
  } else if (event.type === "DELETED") unwrap({ value: event.object, where, isDeleted: true }, sink);
  else if (event.type !== "BOOKMARK") unwrap({ value: event.object, where }, sink);
}

/** What a list says about itself, as far as it has been read. */
export interface ListHead {
  kind?: string;
  apiVersion?: string;
}

/** The head of a list from its fields. */
export function listHead(fields: Record<string, unknown>): ListHead {
  const { kind, apiVersion } = fields;
  return {
    ...(typeof kind === "string" && { kind }),
    ...(typeof apiVersion === "string" && { apiVersion }),
  };
}

/** The kind of the items of a list: of a `PodList` a `Pod`; a `List` is mixed and does not tell. */
export function itemKind({ kind }: ListHead): string | undefined {
  return kind !== undefined && kind !== "List" && kind.endsWith("List")
    ? kind.slice(0, -"List".length)
    : undefined;
}

/** Gives an item of a raw API list, which has no `kind` and `apiVersion`, those of its list. */
export function completeItem(item: Record<string, unknown>, head: ListHead): void {
  const kind = itemKind(head);
  if (kind === undefined || item.kind !== undefined || isWatchEvent(item)) return;
  item.kind = kind;
  if (head.apiVersion !== undefined) item.apiVersion ??= head.apiVersion;
}

/** Go writes a list without items as `null`. */
function isEmptyList(value: Record<string, unknown>): boolean {
  return value.items === null && typeof value.kind === "string" && value.kind.endsWith("List");
}
