/** The request, its resources and their scopes in OTLP/JSON: what is around spans, metrics and log records. */
import { parseJsonBody } from "./json-body.ts";
import { type JsonKey, type JsonObject, JsonReader, jsonKeys } from "./json-reader.ts";
import { readJsonAttributes } from "./json-values.ts";
import type { Origin, ReceivedResource, ReceivedScope } from "./received.ts";
import type { Tally } from "./tally.ts";

/** Reads one span, metric or log record; undefined when it was rejected. */
export type ReadJsonItem<Item> = (json: JsonReader, sent: unknown, origin: Origin) => Item | undefined;

/** What a signal calls its resources, their scopes, and what is in these. */
export interface JsonEnvelope<Item> {
  resources: JsonKey;
  scopes: JsonKey;
  items: JsonKey;
  readItem: ReadJsonItem<Item>;
}

const Key = jsonKeys("resource", "scope", "schemaUrl", "name", "version");
const BODY: JsonKey = { camel: "the body", snake: "" };

/** Reads all items of a request, or says why the body is none. */
export function readJsonRequest<Item>(
  body: Uint8Array,
  tally: Tally,
  envelope: JsonEnvelope<Item>,
): Item[] | string {
  const parsed = parseJsonBody(body);
  if (parsed.kind === "malformed") return parsed.reason;
  const json = new JsonReader(tally);
  const items: Item[] = [];
  for (const { contents, origin } of scopesOf(json, parsed.value, envelope)) {
    const sentItems = json.list(contents, envelope.items);
    // What is wrong so far is around the items, and that cannot be rejected item by item.
    const problem = json.takeProblem();
    if (problem !== undefined) return problem;
    for (const sent of sentItems) {
      const item = envelope.readItem(json, sent, origin);
      if (item !== undefined) items.push(item);
    }
  }
  return json.takeProblem() ?? items;
}

function* scopesOf<Item>(
  json: JsonReader,
  request: unknown,
  { resources, scopes }: JsonEnvelope<Item>,
): Generator<{ contents: JsonObject; origin: Origin }> {
  for (const each of json.list(json.asObject(request, BODY), resources)) {
    const ofResource = json.asObject(each, resources);
    const resource = readResource(json, ofResource);
    // Millions of what is no resource are not worth looking at.
    if (json.hasProblem) return;
    for (const ofScope of json.list(ofResource, scopes)) {
      const contents = json.asObject(ofScope, scopes);
      yield { contents, origin: { resource, scope: readScope(json, contents) } };
    }
  }
}

function readResource(json: JsonReader, object: JsonObject): ReceivedResource {
  const { values, dropped } = readJsonAttributes(json, json.object(object, Key.resource));
  return { attributes: values, droppedAttributesCount: dropped, schemaUrl: json.name(object, Key.schemaUrl) };
}

function readScope(json: JsonReader, object: JsonObject): ReceivedScope {
  const scope = json.object(object, Key.scope);
  const { values, dropped } = readJsonAttributes(json, scope);
  return {
    name: json.name(scope, Key.name),
    version: json.name(scope, Key.version),
    attributes: values,
    droppedAttributesCount: dropped,
    schemaUrl: json.name(object, Key.schemaUrl),
  };
}
