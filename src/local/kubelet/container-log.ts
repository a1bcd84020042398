/**
 * What a container printed, in files of a bounded size.
 *
 *     name.log   name.log.1   (dropped) …   name.log.41   name.log.42
 *     └── the first 32 MiB ─┘               └─ the last 16 to 32 MiB ┘
 *
 * Writing is synchronous: pieces are small and go to the page cache, and there is no queue that could grow when a step prints
 * faster than the disk takes.
 */
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { dirname } from "node:path";

const SEGMENT_BYTES = 16 * 1024 * 1024;
const FIRST_SEGMENTS = 2;
const LAST_SEGMENTS = 2;

export class ContainerLog {
  /** Path of the first file. */
  readonly path: string;
  readonly #onTrouble: (message: string) => void;
  #segment = 0;
  #segmentBytes = 0;
  #descriptor: number | undefined;
  #state: "open" | "failed" | "closed" = "open";
  #waiting: (() => void)[] = [];

  /** Makes no file before there is something to write. What cannot be written is told once, and the rest is left out. */
  constructor({ path, onTrouble }: { path: string; onTrouble: (message: string) => void }) {
    this.path = path;
    this.#onTrouble = onTrouble;
  }

  get isClosed(): boolean {
    return this.#state === "closed";
  }

  append(chunk: Buffer): void {
    if (this.#state !== "open") return;
    try {
      this.#write(chunk);
    } catch (fault) {
      this.#state = "failed";
      this.#onTrouble(`${this.path}: ${messageOf(fault)}; what is printed from now on is not kept`);
      this.#closeFile();
    }
    this.#wake();
  }

  close(): void {
    this.#closeFile();
    this.#state = "closed";
    this.#wake();
  }

  /** Settles at the next piece, or when nothing more will come. */
  changed(): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #write(chunk: Buffer): void {
    let rest = chunk;
    while (rest.length > 0) {
      const room = SEGMENT_BYTES - this.#segmentBytes;
      if (room === 0) {
        this.#nextSegment();
        continue;
      }
      this.#descriptor ??= this.#openFile();
      const written = writeSync(this.#descriptor, rest, 0, Math.min(room, rest.length));
      this.#segmentBytes += written;
      rest = rest.subarray(written);
    }
  }

  #openFile(): number {
    mkdirSync(dirname(this.path), { recursive: true });
    return openSync(segmentPath(this.path, this.#segment), "a");
  }

  #nextSegment(): void {
    this.#closeFile();
    this.#segment += 1;
    this.#segmentBytes = 0;
    const dropped = this.#segment - LAST_SEGMENTS;
    if (dropped >= FIRST_SEGMENTS) rmSync(segmentPath(this.path, dropped), { force: true });
  }

  #closeFile(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Where a piece of the log is kept; they are numbered from 0. */
export function segmentPath(path: string, segment: number): string {
  return segment === 0 ? path : `${path}.${segment}`;
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
