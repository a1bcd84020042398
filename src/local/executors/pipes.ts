/**
 * Pipes for the output of containers.
 *
 * Node gives its children sockets for stdout and stderr, and Linux refuses to open those by name: `echo >/dev/stderr` and
 * `tee /dev/stdout`, which pipelines are full of, fail with ENXIO. Real pipes can be opened. Node cannot make one, but it can
 * open both ends of a FIFO, whose name is then deleted: what remains is a pipe that the kernel frees with its last user.
 * FIFOs are made in batches, since each call of `mkfifo` is a process of its own.
 */
import { execFileSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, rmSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable } from "node:stream";

/** Both ends of a pipe nobody uses yet, as file descriptors. */
interface PipeEnds {
  read: number;
  write: number;
}

/** Two for each of so many containers; an idle pipe costs two file descriptors. */
const FIRST_BATCH = 16;
const LARGEST_BATCH = 128;

/** A pipe on its way to a container. */
export interface OutputPipe {
  /** What arrives. */
  reader: Readable;
  /** For the `stdio` of the child; {@link closeWriter} when the child has it. */
  writer: number;
}

const idle: PipeEnds[] = [];
let batch = FIRST_BATCH;

/** A pipe; fails when the machine has no `mkfifo`, no space for temporary files or no file descriptors left. */
export function openPipe(): OutputPipe {
  const ends = idle.pop() ?? refill();
  return {
    reader: new Socket({ fd: ends.read, readable: true, writable: false }),
    writer: ends.write,
  };
}

/** Forgets our copy of the writing end: the reader ends when the last process that has one is gone. */
export function closeWriter(pipe: OutputPipe): void {
  closeSync(pipe.writer);
}

function refill(): PipeEnds {
  idle.push(...makePipes(batch));
  batch = Math.min(batch * 2, LARGEST_BATCH);
  const ends = idle.pop();
  if (ends === undefined) throw new Error("no pipe could be made");
  return ends;
}

function makePipes(count: number): PipeEnds[] {
  const directory = mkdtempSync(join(tmpdir(), "throughline-pipes-"));
  const paths = Array.from({ length: count }, (_, index) => join(directory, String(index)));
  try {
    // Open to all: a step that runs as another user opens /dev/stderr by name as well.
    execFileSync("mkfifo", ["-m", "666", ...paths], { stdio: "ignore" });
    return paths.map(openBothEnds);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The reading end first and without waiting: only then does the writing end open at once (fifo(7)). */
function openBothEnds(path: string): PipeEnds {
  const read = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { read, write: openSync(path, constants.O_WRONLY) };
}
