/** Bodies of requests: JSON, YAML or, where it must be, protobuf; up to what Kubernetes takes. */
import type { IncomingMessage } from "node:http";
import { parse } from "yaml";
import { isJsonObject, type JsonObject } from "../json.ts";
import { badRequest, refusal } from "../refusals.ts";
import { decodeProtobuf } from "./protobuf-body.ts";

/** The API server's limit (apiserver, DefaultMaxRequestSizeInBytes). */
const MOST_BYTES = 3 * 1024 * 1024;

/** Media type without parameters; JSON where none is named. */
export function mediaTypeOf({ headers }: IncomingMessage): string {
  const [type = ""] = (headers["content-type"] ?? "").split(";");
  return type.trim().toLowerCase() || "application/json";
}

/** The body's value; undefined for an empty one. Throws 400, 413 or 415. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const bytes = await readBytes(request);
  const type = mediaTypeOf(request);
  if (type === "application/vnd.kubernetes.protobuf") return decodeProtobuf(bytes);
  const text = bytes.toString();
  if (text.trim() === "") return undefined;
  if (/[/+]json$/.test(type)) return parseAs("JSON", () => JSON.parse(text));
  if (/[/+]yaml$/.test(type)) return parseAs("YAML", () => parse(text, YAML));
  throw refusal(
    415,
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: application/json, application/yaml: ${type}`,
  );
}

/** The same, where only an object makes sense. */
export async function readObject(request: IncomingMessage): Promise<JsonObject> {
  const body = await readBody(request);
  if (!isJsonObject(body)) throw badRequest("the body of the request is not an object");
  return body;
}

/** Of keys that are there twice the last one counts, as in JSON: looking for them takes the square of their number. */
const YAML = { uniqueKeys: false };

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    // The rest is read and dropped, so that the client gets to read the answer.
    if (length <= MOST_BYTES) chunks.push(chunk);
    else if (length > 16 * MOST_BYTES) break;
  }
  if (length > MOST_BYTES)
    throw refusal(413, "RequestEntityTooLarge", `Request entity too large: limit is ${MOST_BYTES}`);
  return Buffer.concat(chunks);
}

function parseAs(format: string, parseText: () => unknown): unknown {
  try {
    return parseText();
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : String(fault);
    throw badRequest(`the body of the request is no ${format}: ${why}`, { cause: fault });
  }
}
