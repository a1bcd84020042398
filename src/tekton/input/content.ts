import { isUtf8 } from "node:buffer";
import { gunzip } from "./gzip.ts";

/** Text of a known format, in UTF-8. */
export interface Text {
  format: "json" | "yaml";
  chunks: AsyncIterable<Uint8Array>;
}

/** What a source holds, told from its first bytes, never from its name. */
export type Content = Text | { format: "unusable"; message: string };

/** What is looked at: one block of a tar archive. Binary data has a byte in it that text has not. */
const SAMPLE_BYTES = 512;
/** How much white space is looked through for the first character. */
const MAX_BLANK_BYTES = 64 * 1024;

/** Recognises gzip, byte order marks, JSON and YAML, and answers with plain UTF-8 text to read. */
export async function recognise(raw: AsyncIterable<Uint8Array>): Promise<Content> {
  const packed = await peek(raw);
  if (packed.sample.length === 0) return unusable("is empty: nothing to read");
  const plain = isGzip(packed.sample) ? await peek(gunzip(packed.chunks)) : packed;
  const text = await peek(decode(plain));
  return describe(text);
}

interface Peeked {
  sample: Buffer;
  /** Everything, the sample included. */
  chunks: AsyncIterable<Uint8Array>;
}

function describe({ sample, chunks }: Peeked): Content {
  const head = sample.subarray(0, SAMPLE_BYTES);
  if (sample.toString("latin1").trim() === "") return unusable("is empty: nothing to read");
  if (head.toString("latin1", 257, 262) === "ustar") {
    return unusable("is a tar archive: unpack it and give the directory instead");
  }
  if (head.includes(0) || !isUtf8(withoutCutCharacter(head))) {
    return unusable("is neither JSON nor YAML (binary data)");
  }
  return { format: JSON_START.test(sample.toString("latin1")) ? "json" : "yaml", chunks };
}

/** A bracket, perhaps behind warnings of kubectl that went to the same file (klog's format, and `Warning:`). */
const JSON_START = /^(?:\s|(?:Warning: |[IWE]\d{4} )[^\n]*\n)*[{[]/;

function unusable(message: string): Content {
  return { format: "unusable", message };
}

/** RFC 1952 section 2.3.1. */
function isGzip(sample: Buffer): boolean {
  return sample[0] === 0x1f && sample[1] === 0x8b;
}

/** Takes off a byte order mark, and turns UTF-16 (what PowerShell redirects to a file) into UTF-8. */
function decode({ sample, chunks }: Peeked): AsyncIterable<Uint8Array> {
  if (sample[0] === 0xff && sample[1] === 0xfe) return transcode(chunks, "utf-16le");
  if (sample[0] === 0xfe && sample[1] === 0xff) return transcode(chunks, "utf-16be");
  return sample[0] === 0xef && sample[1] === 0xbb && sample[2] === 0xbf ? withoutMark(chunks) : chunks;
}

/** The first chunk is the sample, which holds the whole mark. */
async function* withoutMark(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let markBytes = 3;
  for await (const chunk of chunks) {
    yield chunk.subarray(markBytes);
    markBytes = 0;
  }
}

async function* transcode(chunks: AsyncIterable<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder(encoding);
  for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** Reads ahead. When reading fails after some bytes, those are given out first. */
async function peek(chunks: AsyncIterable<Uint8Array>): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]();
  let sample = Buffer.alloc(0);
  try {
    while (wantsMore(sample)) {
      const next = await iterator.next();
      if (next.done === true) break;
      sample = Buffer.concat([sample, next.value]);
    }
  } catch (error) {
    if (sample.length === 0) throw error;
    return { sample, chunks: thenFail(sample, error) };
  }
  return { sample, chunks: resume(sample, iterator) };
}

async function* thenFail(sample: Buffer, error: unknown): AsyncGenerator<Uint8Array> {
  yield sample;
  throw error;
}

function wantsMore(sample: Buffer): boolean {
  if (sample.length < SAMPLE_BYTES) return true;
  return sample.length < MAX_BLANK_BYTES && sample.toString("latin1").trim() === "";
}

async function* resume(sample: Buffer, iterator: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield sample;
  for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
}

/** The sample may end within a character: three bytes at most are missing then. */
function withoutCutCharacter(sample: Buffer): Buffer {
  if (sample.length < SAMPLE_BYTES) return sample;
  let end = sample.length;
  while (end > sample.length - 4 && ((sample[end - 1] ?? 0) & 0xc0) === 0x80) end--;
  return (sample[end - 1] ?? 0) >= 0xc0 ? sample.subarray(0, end - 1) : sample;
}
