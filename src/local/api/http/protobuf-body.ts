/**
 * Kubernetes' protobuf encoding, as far as clients leave no choice: `kubectl create configmap|secret|namespace|serviceaccount`
 * sends nothing else since 1.32. Every other command takes JSON (Kubernetes API concepts, "Kubernetes Protobuf encoding").
 */
import type { JsonObject } from "../json.ts";
import { badRequest, refusal } from "../refusals.ts";

type Read = (value: Buffer) => unknown;

/** What stands in a field. */
interface Field {
  name: string;
  read: Read | "flag";
  /** Entries of a map, or items of a list. */
  repeats?: "map" | "list";
}

type Message = Readonly<Record<number, Field>>;

const text: Read = (value) => value.toString();
const base64: Read = (value) => value.toString("base64");
const message =
  (fields: Message): Read =>
  (value) =>
    decode(value, fields);

const named = (name: string, read: Read | "flag" = text): Field => ({ name, read });
const mapOf = (name: string, value: Read): Field => ({
  name,
  read: message({ 1: named("key"), 2: named("value", value) }),
  repeats: "map",
});
const listOf = (name: string, read: Read): Field => ({ name, read, repeats: "list" });

/** apimachinery, meta/v1 generated.proto: what a client may say of a new object. */
const METADATA: Message = {
  1: named("name"),
  2: named("generateName"),
  3: named("namespace"),
  11: mapOf("labels", text),
  12: mapOf("annotations", text),
  14: listOf("finalizers", text),
};

const metadata = named("metadata", message(METADATA));
const reference = message({ 1: named("name") });

/** core/v1 generated.proto. */
const KINDS: Readonly<Record<string, Message>> = {
  ConfigMap: {
    1: metadata,
    2: mapOf("data", text),
    3: mapOf("binaryData", base64),
    4: named("immutable", "flag"),
  },
  Secret: {
    1: metadata,
    2: mapOf("data", base64),
    3: named("type"),
    4: mapOf("stringData", text),
    5: named("immutable", "flag"),
  },
  Namespace: { 1: metadata },
  ServiceAccount: {
    1: metadata,
    2: listOf("secrets", message({ 3: named("name") })),
    3: listOf("imagePullSecrets", reference),
  },
};

const MAGIC = Buffer.from("k8s\0");
/** `runtime.Unknown`: which kind it is, and its bytes. */
const ENVELOPE: Message = {
  1: named("typeMeta", message({ 1: named("apiVersion"), 2: named("kind") })),
  2: named("raw", (value) => value),
};

/** The object that these bytes are. Throws 400 for what they are not, and 415 for kinds that are only taken as JSON. */
export function decodeProtobuf(bytes: Buffer): JsonObject {
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw broken();
  const { typeMeta, raw } = decode(bytes.subarray(MAGIC.length), ENVELOPE) as {
    typeMeta?: { apiVersion?: string; kind?: string };
    raw?: Buffer;
  };
  const fields = KINDS[typeMeta?.kind ?? ""];
  if (fields === undefined || typeMeta?.apiVersion !== "v1")
    throw refusal(415, "UnsupportedMediaType", `${typeMeta?.kind} is taken as application/json only`);
  return { ...typeMeta, ...decode(raw ?? Buffer.alloc(0), fields) };
}

function broken() {
  return badRequest("the body of the request is no protobuf");
}

/** Empty texts are absent fields: encoders write every text there is. */
function decode(bytes: Buffer, fields: Message): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  let at = 0;
  while (at < bytes.length) {
    const tag = varint(bytes, at);
    const start = tag.next;
    const field = fields[Math.floor(tag.value / 8)];
    const { value, next } = fieldValue(bytes, { start, wireType: tag.value % 8 });
    if (field !== undefined) put(found, field, value);
    at = next;
  }
  return found;
}

function put(found: Record<string, unknown>, { name, read, repeats }: Field, value: number | Buffer): void {
  const decoded = typeof value === "number" || read === "flag" ? value === 1 : read(value);
  if (repeats === "list") found[name] = [...((found[name] as unknown[]) ?? []), decoded];
  else if (repeats === "map") found[name] = { ...(found[name] as object), ...entryOf(decoded) };
  else if (decoded !== "") found[name] = decoded;
}

function entryOf(decoded: unknown): Record<string, unknown> {
  const { key = "", value = "" } = decoded as { key?: string; value?: unknown };
  return Object.fromEntries([[key, value]]);
}

interface Decoded<T> {
  value: T;
  /** Where the next one begins. */
  next: number;
}

function fieldValue(
  bytes: Buffer,
  { start, wireType }: { start: number; wireType: number },
): Decoded<number | Buffer> {
  if (wireType === 0) return varint(bytes, start);
  if (wireType !== 2) throw broken();
  const length = varint(bytes, start);
  const next = length.next + length.value;
  if (next > bytes.length) throw broken();
  return { value: bytes.subarray(length.next, next), next };
}

const MOST_VARINT_BYTES = 10;

/** Exact up to 53 bits; nothing that is read here has more. */
function varint(bytes: Buffer, start: number): Decoded<number> {
  let value = 0;
  for (let index = 0; index < MOST_VARINT_BYTES; index++) {
    const byte = bytes[start + index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, next: start + index + 1 };
  }
  throw broken();
}
