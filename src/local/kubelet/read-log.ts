import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { basename, dirname } from "node:path";
import { type ContainerLog, segmentPath } from "./container-log.ts";

export interface LogReading {
  /** Path of the log's first file; it need not be there. */
  path: string;
  /** While the container runs: what to wait for. Without it, reading ends at the end of what is there. */
  live?: ContainerLog;
  /** Only so many last lines, and what comes after. */
  tailLines?: number;
}

/** A place in a log. */
interface Position {
  segment: number;
  offset: number;
}

const BLOCK_BYTES = 64 * 1024;
const GAP = Buffer.from("\n[… output left out here: more was printed than is kept …]\n");

/** The log as it was printed, both streams in the order in which they came. */
export async function* readContainerLog({ path, live, tailLines }: LogReading): AsyncGenerator<Buffer> {
  let at = tailLines === undefined ? { segment: 0, offset: 0 } : startOfTail(path, tailLines);
  for (;;) {
    const block = readBlock(path, at);
    if (block.length > 0) {
      at = { ...at, offset: at.offset + block.length };
      yield block;
      continue;
    }
    const next = segmentsOf(path).find((segment) => segment > at.segment);
    if (next !== undefined) {
      if (next > at.segment + 1) yield GAP;
      at = { segment: next, offset: 0 };
      continue;
    }
    if (live === undefined || live.isClosed) return;
    await live.changed();
  }
}

/** What follows the position in its file, empty at its end or if it is not there. */
function readBlock(path: string, { segment, offset }: Position): Buffer {
  let descriptor: number;
  try {
    descriptor = openSync(segmentPath(path, segment), "r");
  } catch {
    return Buffer.alloc(0);
  }
  try {
    const block = Buffer.alloc(BLOCK_BYTES);
    return block.subarray(0, readSync(descriptor, block, 0, BLOCK_BYTES, offset));
  } finally {
    closeSync(descriptor);
  }
}

/** Numbers of the files that are there, ascending. */
function segmentsOf(path: string): number[] {
  const first = basename(path);
  return namesIn(dirname(path))
    .filter((name) => name === first || name.startsWith(`${first}.`))
    .map((name) => (name === first ? 0 : Number(name.slice(first.length + 1))))
    .sort((a, b) => a - b);
}

/** Names in the directory; none if it is not there. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** Goes back from the end, block by block, until it has passed as many line ends. */
function startOfTail(path: string, lines: number): Position {
  let wanted = lines;
  let isEnd = true;
  for (const segment of segmentsOf(path).reverse()) {
    let end = statSync(segmentPath(path, segment)).size;
    if (lines === 0) return { segment, offset: end };
    while (end > 0) {
      const start = Math.max(0, end - BLOCK_BYTES);
      const block = readBlock(path, { segment, offset: start }).subarray(0, end - start);
      for (let index = block.length - 1; index >= 0; index--) {
        const endsLine = block[index] === LINE_FEED;
        // The line feed at the very end closes the last line; it does not open another.
        if (endsLine && !isEnd) wanted -= 1;
        isEnd = false;
        if (wanted <= 0 && endsLine) return { segment, offset: start + index + 1 };
      }
      end = start;
    }
  }
  return { segment: 0, offset: 0 };
}

const LINE_FEED = 10;
