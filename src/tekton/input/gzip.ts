import { finished } from "node:stream/promises";
import { createGunzip, type Gunzip } from "node:zlib";

/** Small enough that even the densest gzip data (1000 to 1) unpacks to 16 MiB at a time. */
const SLICE_BYTES = 16 * 1024;
const OUTPUT_BYTES = 256 * 1024;

/**
 * Unpacks gzip data (RFC 1952, several members too). Damaged or truncated data throws, after everything that could be
 * unpacked before the damage has been given out: that is why each slice is waited for before the next is written.
 */
export async function* gunzip(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const stream = createGunzip({ chunkSize: OUTPUT_BYTES });
  const unpacked: Uint8Array[] = [];
  stream.on("data", (chunk: Uint8Array) => unpacked.push(chunk));
  const over = outcomeOf(stream);
  try {
    for await (const slice of slices(chunks)) {
      await Promise.race([over, new Promise((written) => stream.write(slice, written))]);
      yield* unpacked.splice(0);
      // Ended before the data is: padding behind it, or an error.
      if (stream.readableEnded || stream.destroyed) break;
    }
    stream.end();
    const error = await over;
    yield* unpacked.splice(0);
    if (error !== undefined) throw error;
  } finally {
    stream.destroy();
  }
}

async function outcomeOf(stream: Gunzip): Promise<Error | undefined> {
  try {
    await finished(stream, { writable: false });
    return undefined;
  } catch (cause) {
    return new Error("holds gzip data that is damaged or cut off: fetch the file again", { cause });
  }
}

async function* slices(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += SLICE_BYTES) yield chunk.subarray(at, at + SLICE_BYTES);
  }
}
