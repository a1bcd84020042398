/**
 * Stands between a command and our stderr, to know its last lines.
 *
 *     command ──fd 2──▶ named pipe ──▶ relay ──▶ our stderr
 *                                        └─ the last 4 KiB
 *
 * What Node gives its children as a pipe is a socket, on which `echo x >/dev/stderr` fails; hence a pipe with a name, which
 * loses its name at once. Bytes pass in order and at the pace of whoever reads our stderr. A process that the command leaves
 * behind keeps its stderr: `cat` reads on in our place when we go.
 */
import { spawn } from "node:child_process";
import { closeSync, constants, fstatSync, openSync, unlinkSync, writeSync } from "node:fs";
import type { Socket } from "node:net";
import { isatty } from "node:tty";
import { randomHex } from "../cli/random-hex.ts";

const STDERR = 2;
/** What is kept. */
const TAIL_BYTES = 4096;
/** What the command wrote is in the pipe when it ends; only who was left behind keeps us waiting. */
const DRAIN_MS = 50;
/** How long a reader of our stderr may take over the last bytes. */
const FLUSH_MS = 1000;
const RETRY_MS = 1;

/** A relay that runs. */
export interface StderrRelay {
  /** For the command's stdio. */
  commandEnd: number;
  /** To be called when the command has its end. */
  started(): void;
  /** To be called when the command is over. */
  finish(): Promise<StderrTail>;
}

/** The last 4 KiB. */
export interface StderrTail {
  bytes: Buffer;
  /** There were more before. */
  isCut: boolean;
}

/**
 * Opens a relay. `undefined` where stderr is a terminal, which a command may want to know of, and where there is no `mkfifo` or
 * no directory for temporary files to write to.
 */
export async function openStderrRelay(env: NodeJS.ProcessEnv): Promise<StderrRelay | undefined> {
  if (isatty(STDERR)) return undefined;
  const ends = await openNamedPipe(`${env["TMPDIR"] || "/tmp"}/throughline-${randomHex(8)}`);
  return ends && relayOver(ends);
}

interface PipeEnds {
  /** Does not block: for the event loop. */
  reader: number;
  writer: number;
  /** Blocks: for the `cat` that may read on. */
  heir: number;
}

async function openNamedPipe(path: string): Promise<PipeEnds | undefined> {
  try {
    await makeNamedPipe(path);
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return { reader, writer: openSync(path, constants.O_WRONLY), heir: openSync(path, constants.O_RDONLY) };
  } catch {
    return undefined;
  } finally {
    removeName(path);
  }
}

/** By `unlink`: Node would load a module more for `rm`. */
function removeName(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // There is none: it could not be made.
  }
}

/** Not by `spawnSync`, which takes twice as long. */
function makeNamedPipe(path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const making = spawn("mkfifo", ["-m", "600", path], { stdio: "ignore" });
    making.on("error", reject);
    making.on("exit", (exitCode) => (exitCode === 0 ? resolve() : reject(new Error("mkfifo failed"))));
  });
}

/** Begins to read only when the command runs, which need not wait for that. */
function relayOver(ends: PipeEnds): StderrRelay {
  let finish: () => Promise<StderrTail> = async () => ({ bytes: Buffer.alloc(0), isCut: false });
  return {
    commandEnd: ends.writer,
    started: () => {
      closeSync(ends.writer);
      finish = startRelay(ends);
    },
    finish: () => finish(),
  };
}

/** Answers what {@link StderrRelay.finish} is to do. */
function startRelay({ reader, heir }: PipeEnds): () => Promise<StderrTail> {
  const { Socket } = process.getBuiltinModule("node:net");
  const source = new Socket({ fd: reader, readable: true, writable: false });
  const sink = openSink(STDERR);
  const tail = new Tail(TAIL_BYTES);
  let isOver = false;
  let isHeirOpen = true;
  const closeHeir = () => {
    if (isHeirOpen) closeSync(heir);
    isHeirOpen = false;
  };
  const over = new Promise<void>((resolve) => {
    source.on("close", () => {
      isOver = true;
      resolve();
    });
  });
  source.on("error", () => source.destroy());
  source.on("data", (chunk) => {
    tail.add(chunk);
    source.pause();
    sink.write(chunk).then(
      () => source.resume(),
      (error: unknown) => {
        // On a full disk the command's words are lost, as they would be without us.
        if (!isBrokenPipe(error)) return source.resume();
        // Nobody reads our stderr any more: the command shall find that out.
        closeHeir();
        source.destroy();
        return undefined;
      },
    );
  });
  return async () => {
    await within(DRAIN_MS, over);
    if (!isOver && isHeirOpen) {
      source.pause();
      await within(FLUSH_MS, sink.flushed());
      // In our process group, so that what ends the step ends it too.
      spawn("cat", { stdio: [heir, STDERR, "ignore"] }).unref();
    }
    // A program that uses the SDK runs on, and other commands.
    source.destroy();
    closeHeir();
    sink.close();
    return tail.read();
  };
}

/** The last bytes of what is added. */
class Tail {
  readonly #limit: number;
  #bytes = Buffer.alloc(0);
  #isCut = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(chunk: Buffer): void {
    const joined = Buffer.concat([this.#bytes, chunk.subarray(-this.#limit)]);
    this.#isCut ||= this.#bytes.length + chunk.length > this.#limit;
    this.#bytes = joined.subarray(-this.#limit);
  }

  read(): StderrTail {
    return { bytes: this.#bytes, isCut: this.#isCut };
  }
}

interface Sink {
  /** Resolves when there is room for more; rejects when nobody will read it. */
  write(chunk: Buffer): Promise<void>;
  /** Resolves when everything is written. */
  flushed(): Promise<void>;
  /** To be called at the end; what was given to it is still written. */
  close(): void;
}

/**
 * A pipe is opened anew, so that it can be waited for without turning it non-blocking for everybody who shares it. Where that is
 * not allowed, or it is something else, it is written to as it is.
 */
function openSink(file: number): Sink {
  if (!fstatSync(file).isFIFO()) return blockingSink(file);
  try {
    const own = openSync(`/proc/self/fd/${file}`, constants.O_WRONLY | constants.O_NONBLOCK);
    const { Socket } = process.getBuiltinModule("node:net");
    return streamSink(new Socket({ fd: own, readable: false, writable: true }));
  } catch {
    return blockingSink(file);
  }
}

function streamSink(stream: Socket): Sink {
  let last = Promise.resolve();
  stream.on("error", () => {}); // Every write learns of it.
  return {
    write: (chunk) => {
      last = new Promise((resolve, reject) =>
        stream.write(chunk, (error) => (error ? reject(error) : resolve())),
      );
      return last;
    },
    flushed: () => last.catch(() => {}),
    close: () => stream.destroySoon(),
  };
}

function blockingSink(file: number): Sink {
  return {
    write: async (chunk) => {
      for (let rest = chunk; rest.length > 0; ) {
        const written = writeSome(file, rest);
        if (written === 0) await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
        rest = rest.subarray(written);
      }
    },
    flushed: () => Promise.resolve(),
    close: () => {},
  };
}

/** Nothing where somebody made it non-blocking and it is full. */
function writeSome(file: number, bytes: Buffer): number {
  try {
    return writeSync(file, bytes);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EAGAIN") return 0;
    throw error;
  }
}

function isBrokenPipe(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EPIPE";
}

function within(milliseconds: number, work: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    work.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
