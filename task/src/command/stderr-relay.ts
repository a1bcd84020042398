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
import { closeSync, constants, fstatSync, openSync, readSync, unlinkSync, writeSync } from "node:fs";
import type { Socket } from "node:net";
import { type StartedProcess, type StartProcess, startProcess } from "./process.ts";

const STDERR = 2;
/** What is kept. */
const TAIL_BYTES = 4096;
/** To read while the command runs takes Node's sockets, which take longer to load than many commands run. */
const READ_AFTER_MS = 5;
/** Taken from the pipe at once, for a command that is over by then. */
const FIRST_BYTES = 4096;
/** Read at once, while it runs: what a pipe holds, on Linux. */
const CHUNK_BYTES = 64 * 1024;
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
  /** To be called when the command is over; or alone, when there is to be none. */
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
export async function openStderrRelay(
  env: NodeJS.ProcessEnv,
  start: StartProcess = startProcess,
): Promise<StderrRelay | undefined> {
  if (isTerminal(STDERR)) return undefined;
  // Whoever guesses it makes `mkfifo` fail, and us do without.
  const path = `${env["TMPDIR"] || "/tmp"}/throughline-${Math.random().toString(36).slice(2)}`;
  const ends = await openNamedPipe(path, () =>
    start(["mkfifo", "-m", "600", path], { env, stdio: ["ignore", "ignore", "ignore"] }),
  );
  return ends && relayOver(ends);
}

/** Looks at the kind of file first: `node:tty` loads Node's sockets. */
function isTerminal(file: number): boolean {
  try {
    return fstatSync(file).isCharacterDevice() && process.getBuiltinModule("node:tty").isatty(file);
  } catch {
    return false;
  }
}

interface PipeEnds {
  /** Does not block: for the event loop. */
  reader: number;
  writer: number;
  /** Blocks: for the `cat` that may read on. */
  heir: number;
}

async function openNamedPipe(path: string, make: () => StartedProcess): Promise<PipeEnds | undefined> {
  try {
    const outcome = await make().outcome;
    if (outcome.kind !== "exited" || outcome.exitCode !== 0) return undefined;
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

/** Begins to read when the command has run for a while, or is over. */
function relayOver(ends: PipeEnds): StderrRelay {
  let finish: (() => Promise<StderrTail>) | undefined;
  let delay: NodeJS.Timeout | undefined;
  return {
    commandEnd: ends.writer,
    started: () => {
      closeSync(ends.writer);
      delay = setTimeout(() => {
        finish = startRelay(ends);
      }, READ_AFTER_MS);
    },
    finish: async () => {
      clearTimeout(delay);
      if (finish !== undefined) return finish();
      if (delay === undefined) closeSync(ends.writer);
      const first = readNow(ends.reader);
      if (first?.length !== 0) return startRelay(ends, first)();
      for (const end of [ends.reader, ends.heir]) closeSync(end);
      return { bytes: first, isCut: false };
    },
  };
}

/** What is in the pipe; empty at its end, nothing when it has no end yet. */
function readNow(reader: number): Buffer | undefined {
  try {
    const bytes = Buffer.allocUnsafe(FIRST_BYTES);
    return bytes.subarray(0, readSync(reader, bytes));
  } catch {
    return undefined;
  }
}

/** Passes on what was read already, then what comes. Answers what {@link StderrRelay.finish} is to do. */
function startRelay({ reader, heir }: PipeEnds, first?: Buffer): () => Promise<StderrTail> {
  const { Socket } = process.getBuiltinModule("node:net");
  const sink = openSink(STDERR);
  const tail = new Tail(TAIL_BYTES);
  let isOver = false;
  let isHeirOpen = true;
  const closeHeir = () => {
    if (isHeirOpen) closeSync(heir);
    isHeirOpen = false;
  };
  const pass = (chunk: Buffer) => {
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
  };
  const onread = {
    buffer: Buffer.allocUnsafe(CHUNK_BYTES),
    callback: (length: number) => {
      pass(onread.buffer.subarray(0, length));
      return false;
    },
  };
  // Without `onread` it would read ahead while it is paused, and `cat` not find what it had read.
  const options = { fd: reader, readable: true, writable: false, onread };
  const source = new Socket(options);
  const over = new Promise<void>((resolve) => {
    source.on("close", () => {
      isOver = true;
      resolve();
    });
  });
  source.on("error", () => source.destroy());
  if (first !== undefined) pass(first);
  return async () => {
    await within(DRAIN_MS, over);
    if (!isOver && isHeirOpen) {
      source.pause();
      await within(FLUSH_MS, sink.flushed());
      // In our process group, so that what ends the step ends it too.
      const { spawn } = process.getBuiltinModule("node:child_process");
      const cat = spawn("cat", { stdio: [heir, STDERR, "ignore"] });
      cat.on("error", () => {}); // There is none: who is left behind finds its pipe closed.
      cat.unref();
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
