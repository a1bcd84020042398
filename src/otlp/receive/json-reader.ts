import type { Tally } from "./tally.ts";
import { characterStart } from "./texts.ts";

/** A JSON object nobody has looked into yet. */
export type JsonObject = Record<string, unknown>;

/** The name of a field: OTLP/JSON says lowerCamelCase, and some senders write the name in the .proto file. */
export interface JsonKey {
  readonly camel: string;
  readonly snake: string;
}

/** The keys of a message, from their names in lowerCamelCase. */
export function jsonKeys<const Name extends string>(...names: Name[]): Readonly<Record<Name, JsonKey>> {
  const keys = names.map((camel): [string, JsonKey] => [
    camel,
    { camel, snake: camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) },
  ]);
  return Object.fromEntries(keys) as Record<Name, JsonKey>;
}

const UINT64 = { min: 0n, max: 2n ** 64n - 1n };
const INT64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n };
const UINT32 = { min: 0n, max: 2n ** 32n - 1n };
const INT32 = { min: -(2n ** 31n), max: 2n ** 31n - 1n };
/** Twenty digits are the longest there are; no more of them are worth reading. */
const INTEGER = /^-?\d{1,20}$/;
const HEX = /^[0-9a-fA-F]*$/;
/** Has not the length of any id. */
const NO_ID = "?";
const UTF8_BYTES_PER_UNIT = 3;

/**
 * Reads fields of parsed JSON as the rules for OTLP/JSON have it (OTLP specification, "JSON Protobuf Encoding", and
 * ProtoJSON behind it), and is generous where they are not. A field that is absent or `null` has its default.
 *
 * `x(object, key)` reads a field and `asX(value, key)` a value at hand, of which `key` only says where it stood.
 *
 * It never throws. A field that cannot be what it should be reads as its default too and leaves a problem, which is to
 * be taken when the message is read.
 */
export class JsonReader {
  readonly tally: Tally;
  #problem: string | undefined;

  constructor(tally: Tally) {
    this.tally = tally;
  }

  /** Whether there is something to be taken. */
  get hasProblem(): boolean {
    return this.#problem !== undefined;
  }

  /** What was wrong with what was read since the last time, and forgets it. */
  takeProblem(): string | undefined {
    const problem = this.#problem;
    this.#problem = undefined;
    return problem;
  }

  /** Notes that something is wrong; the first time counts. */
  fail(problem: string): void {
    this.#problem ??= problem;
  }

  object(object: JsonObject, key: JsonKey): JsonObject {
    return this.asObject(fieldOf(object, key) ?? {}, key);
  }

  /** The value itself, or an empty object with a problem. */
  asObject(value: unknown, key: JsonKey): JsonObject {
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
    this.fail(`${key.camel} is not an object`);
    return {};
  }

  list(object: JsonObject, key: JsonKey): readonly unknown[] {
    const value = fieldOf(object, key) ?? [];
    if (Array.isArray(value)) return value;
    this.fail(`${key.camel} is not an array`);
    return [];
  }

  /** A text that is to be short, cut if it is not. */
  name(object: JsonObject, key: JsonKey): string {
    return this.asText(fieldOf(object, key) ?? "", key, this.tally.limits.maxNameBytes);
  }

  /** A text that may be long, cut if it is longer. */
  text(object: JsonObject, key: JsonKey): string {
    return this.asText(fieldOf(object, key) ?? "", key, this.tally.limits.maxValueBytes);
  }

  asText(value: unknown, key: JsonKey, maxBytes: number): string {
    if (typeof value === "string") return this.#cut(value, maxBytes).toWellFormed();
    this.fail(`${key.camel} is not a string`);
    return "";
  }

  /** An id in lower-case hex, empty when absent; {@link NO_ID} for what is not hexadecimal. No problem either way. */
  id(object: JsonObject, key: JsonKey): string {
    const value = fieldOf(object, key) ?? "";
    return typeof value === "string" && HEX.test(value) ? value.toLowerCase() : NO_ID;
  }

  /** A time too. */
  uint64(object: JsonObject, key: JsonKey): bigint {
    return this.#integer(fieldOf(object, key), key, UINT64);
  }

  asUint64(value: unknown, key: JsonKey): bigint {
    return this.#integer(value, key, UINT64);
  }

  asInt64(value: unknown, key: JsonKey): bigint {
    return this.#integer(value, key, INT64);
  }

  uint32(object: JsonObject, key: JsonKey): number {
    return Number(this.#integer(fieldOf(object, key), key, UINT32));
  }

  int32(object: JsonObject, key: JsonKey): number {
    return Number(this.#integer(fieldOf(object, key), key, INT32));
  }

  /** By number or by name; `names` are those of the numbers from zero. */
  enumeration(object: JsonObject, key: JsonKey, names: readonly string[]): number {
    const value = fieldOf(object, key);
    const number = typeof value === "string" ? names.indexOf(value) : -1;
    return number >= 0 ? number : this.int32(object, key);
  }

  bool(object: JsonObject, key: JsonKey): boolean {
    return this.asBool(fieldOf(object, key) ?? false, key);
  }

  asBool(value: unknown, key: JsonKey): boolean {
    if (typeof value === "boolean") return value;
    this.fail(`${key.camel} is not true or false`);
    return false;
  }

  double(object: JsonObject, key: JsonKey): number | undefined {
    const value = fieldOf(object, key);
    return value === undefined ? undefined : this.asDouble(value, key);
  }

  /** `"NaN"`, `"Infinity"` and `"-Infinity"` too, and numbers in quotes. */
  asDouble(value: unknown, key: JsonKey): number {
    if (typeof value === "number") return value;
    const number = typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
    if (Number.isNaN(number) && value !== "NaN") this.fail(`${key.camel} is not a number`);
    return number;
  }

  /** Base64, of either alphabet. */
  asBytes(value: unknown, key: JsonKey): Uint8Array {
    if (typeof value === "string") return this.#cutBytes(Buffer.from(value, "base64"));
    this.fail(`${key.camel} is not a string`);
    return new Uint8Array();
  }

  #integer(value: unknown, key: JsonKey, { min, max }: { min: bigint; max: bigint }): bigint {
    if (value === undefined || value === null) return 0n;
    const integer = integerOf(value);
    if (integer !== undefined && integer >= min && integer <= max) return integer;
    this.fail(`${key.camel} is not an integer from ${min} to ${max}`);
    return 0n;
  }

  #cut(text: string, maxBytes: number): string {
    if (!isLongerThan(text, maxBytes)) return text;
    this.tally.shortened += 1;
    const bytes = Buffer.from(text.slice(0, maxBytes + 1));
    return bytes.toString("utf8", 0, characterStart(bytes, maxBytes));
  }

  /** A copy in any case: a small Buffer would keep the pool it is part of. */
  #cutBytes(bytes: Uint8Array): Uint8Array {
    const { maxValueBytes } = this.tally.limits;
    if (bytes.length > maxValueBytes) this.tally.shortened += 1;
    return new Uint8Array(bytes.subarray(0, maxValueBytes));
  }
}

/** Compares the length of a text in UTF-8. */
export function isLongerThan(text: string, maxBytes: number): boolean {
  return text.length * UTF8_BYTES_PER_UNIT > maxBytes && Buffer.byteLength(text) > maxBytes;
}

/** The value of a field under either name; undefined when it is absent or `null`. */
export function fieldOf(object: JsonObject, { camel, snake }: JsonKey): unknown {
  return object[camel] ?? object[snake] ?? undefined;
}

/** From a number or from its digits. A number beyond 2^53 is what JSON.parse made of it. */
function integerOf(value: unknown): bigint | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? BigInt(value) : undefined;
  return typeof value === "string" && INTEGER.test(value) ? BigInt(value) : undefined;
}
