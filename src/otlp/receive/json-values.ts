/** Attributes and values out of OTLP/JSON. */
import { AttributeSet } from "./attributes.ts";
import { isLongerThan, type JsonKey, type JsonObject, type JsonReader, jsonKeys } from "./json-reader.ts";
import type { ReceivedValue } from "./received.ts";

const Key = jsonKeys(
  "attributes",
  "droppedAttributesCount",
  "key",
  "value",
  "values",
  "stringValue",
  "boolValue",
  "intValue",
  "doubleValue",
  "arrayValue",
  "kvlistValue",
  "bytesValue",
);

/** The attributes of a message, and how many are missing; `key` is for those that call their attributes otherwise. */
export function readJsonAttributes(
  json: JsonReader,
  object: JsonObject,
  key: JsonKey = Key.attributes,
): AttributeSet {
  const attributes = readEntries(json, json.list(object, key), json.tally.limits.maxDepth);
  attributes.dropped += json.uint32(object, Key.droppedAttributesCount);
  return attributes;
}

/** An `AnyValue`, or the `null` that stands for none. */
export function readJsonValue(json: JsonReader, value: unknown): ReceivedValue {
  return readNested(json, value, json.tally.limits.maxDepth);
}

function readEntries(json: JsonReader, entries: readonly unknown[], depth: number): AttributeSet {
  const attributes = new AttributeSet(json.tally);
  for (const entry of entries) {
    const { key, value } = json.asObject(entry, Key.attributes);
    if (attributes.isFull) attributes.dropped += 1;
    else attributes.put(readKey(json, key ?? ""), readNested(json, value, depth));
  }
  return attributes;
}

/** Undefined for one that is too long: half a key would be another key. */
function readKey(json: JsonReader, key: unknown): string | undefined {
  const text = json.asText(key, Key.key, Number.POSITIVE_INFINITY);
  return isLongerThan(text, json.tally.limits.maxNameBytes) ? undefined : text;
}

/** `depth` is how many more arrays and lists may be entered. */
function readNested(json: JsonReader, anyValue: unknown, depth: number): ReceivedValue {
  if (anyValue === undefined || anyValue === null) return null;
  const object = json.asObject(anyValue, Key.value);
  for (const kind in object) {
    const value = object[kind];
    if (value === null) continue;
    switch (kind) {
      case "stringValue":
      case "string_value":
        return json.asText(value, Key.stringValue, json.tally.limits.maxValueBytes);
      case "boolValue":
      case "bool_value":
        return json.asBool(value, Key.boolValue);
      case "intValue":
      case "int_value":
        return json.asInt64(value, Key.intValue);
      case "doubleValue":
      case "double_value":
        return json.asDouble(value, Key.doubleValue);
      case "arrayValue":
      case "array_value":
        return readArray(json, json.asObject(value, Key.arrayValue), depth - 1);
      case "kvlistValue":
      case "kvlist_value":
        return readKeyValueList(json, json.asObject(value, Key.kvlistValue), depth - 1);
      case "bytesValue":
      case "bytes_value":
        return json.asBytes(value, Key.bytesValue);
    }
  }
  return null;
}

function readArray(json: JsonReader, array: JsonObject, depth: number): ReceivedValue {
  if (!isEnterable(json, depth)) return null;
  return json.list(array, Key.values).map((value) => readNested(json, value, depth));
}

function readKeyValueList(json: JsonReader, list: JsonObject, depth: number): ReceivedValue {
  if (!isEnterable(json, depth)) return null;
  const { values, dropped } = readEntries(json, json.list(list, Key.values), depth);
  json.tally.shortened += dropped;
  return values;
}

function isEnterable({ tally }: JsonReader, depth: number): boolean {
  if (depth < 0) tally.shortened += 1;
  return depth >= 0;
}
