import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";

/** What became of a body on its way out of its `Content-Encoding`. */
export type Inflated =
  | { kind: "inflated"; body: Uint8Array }
  /** Longer than allowed: to be answered with 413. */
  | { kind: "tooLarge"; reason: string }
  /** Damaged or cut off: 400. */
  | { kind: "malformed"; reason: string }
  /** In an encoding we do not know: 415. */
  | { kind: "unsupported"; reason: string };

/** Unpacking off the event loop costs a turn of it for each chunk, so chunks are larger than Node's 16 KiB. */
const CHUNK_BYTES = 64 * 1024;

/** RFC 9110 §8.4.1; `deflate` is zlib's format. */
const UNPACKERS = new Map([
  ["gzip", promisify(gunzip)],
  ["x-gzip", promisify(gunzip)],
  ["deflate", promisify(inflate)],
]);

/**
 * Unpacks the body of a request, `encoding` being its `Content-Encoding`. A body that would be longer than `maxBytes`
 * is given up as soon as that shows, however much longer it would have become: a gigabyte of zeros fits into a megabyte.
 * It never throws.
 */
export async function inflateBounded(
  body: Uint8Array,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Inflated> {
  const name = encoding?.trim().toLowerCase() || "identity";
  if (name === "identity") return body.length > maxBytes ? tooLarge(maxBytes) : { kind: "inflated", body };
  const unpack = UNPACKERS.get(name);
  if (unpack === undefined) {
    return { kind: "unsupported", reason: "the content encoding is none of gzip, deflate and identity" };
  }
  try {
    const options = { maxOutputLength: maxBytes, chunkSize: CHUNK_BYTES };
    return { kind: "inflated", body: await unpack(body, options) };
  } catch (fault) {
    if (isTooLarge(fault)) return tooLarge(maxBytes);
    return { kind: "malformed", reason: `the body is not ${name} data, or not all of it` };
  }
}

function tooLarge(maxBytes: number): Inflated {
  return { kind: "tooLarge", reason: `the body is longer than ${maxBytes} bytes` };
}

function isTooLarge(fault: unknown): boolean {
  return fault instanceof Error && "code" in fault && fault.code === "ERR_BUFFER_TOO_LARGE";
}
