import { type FileHandle, open, readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import type { InputProblem } from "./contract.ts";

/** Something that can be read, and the name it has in what is said about it. */
export interface Source {
  name: string;
  /** The bytes as they are. A chunk is valid until the next one is asked for. */
  read(): AsyncIterable<Uint8Array>;
}

/** What a walk over the given paths comes across. */
export type Found = { source: Source } | { problem: InputProblem } | { skipped: string };

/** From 64 KiB to 4 MiB all sizes read equally fast; larger ones only cost memory. */
const CHUNK_BYTES = 256 * 1024;

const INPUT_NAME = /\.(?:json|jsonl|ndjson|yaml|yml)(?:\.gz)?$/i;

/**
 * Finds what the paths name: `-` is standard input, a file is taken whatever its name, a directory is walked in sorted
 * order for JSON and YAML files, plain or with `.gz`. A directory that is reached twice, through links, is walked once.
 */
export async function* findSources({
  paths,
  stdin,
}: {
  paths: readonly string[];
  stdin?: AsyncIterable<Uint8Array> | undefined;
}): AsyncGenerator<Found> {
  const walked = new Set<string>();
  for (const path of paths) {
    if (path === "-") yield standardInput(stdin);
    else yield* findAt(path, { walked, named: true });
  }
}

function standardInput(stdin: AsyncIterable<Uint8Array> | undefined): Found {
  const name = "stdin";
  if (stdin !== undefined) return { source: { name, read: () => stdin } };
  return { problem: { where: name, message: "there is no standard input here: give the path of a file" } };
}

interface Walk {
  /** Real paths of the directories that have been walked. */
  walked: Set<string>;
  /** Whether the path was given, not come across. */
  named: boolean;
}

async function* findAt(path: string, walk: Walk): AsyncGenerator<Found> {
  try {
    const entry = await stat(path);
    if (entry.isDirectory()) yield* findIn(path, walk);
    // Given by name, a pipe (`<(kubectl …)`) is as good as a file; in a directory, opening one could wait forever.
    else if (walk.named || (entry.isFile() && INPUT_NAME.test(path))) yield { source: fileSource(path) };
    else yield { skipped: path };
  } catch (error) {
    yield { problem: { where: path, message: explain(error) } };
  }
}

async function* findIn(directory: string, { walked, named }: Walk): AsyncGenerator<Found> {
  const real = await realpath(directory);
  if (walked.has(real)) return;
  walked.add(real);
  const names = (await readdir(directory)).sort();
  for (const name of names) yield* findAt(join(directory, name), { walked, named: false });
  if (named && names.length === 0) {
    yield { problem: { where: directory, message: "is an empty directory: nothing to read" } };
  }
}

function fileSource(path: string): Source {
  return { name: path, read: () => readFile(path) };
}

async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    yield* readAll(file);
  } finally {
    await file.close();
  }
}

/** Reads the next chunk while one is being worked on. */
async function* readAll(file: FileHandle): AsyncGenerator<Uint8Array> {
  const readInto = (buffer: Buffer) => {
    const reading = file.read(buffer, 0, CHUNK_BYTES);
    reading.catch(() => {}); // Nobody waits for it any more when the reader stops early.
    return reading;
  };
  let spare: Buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  let reading = readInto(Buffer.allocUnsafe(CHUNK_BYTES));
  for (;;) {
    const { bytesRead, buffer } = await reading;
    if (bytesRead === 0) return;
    reading = readInto(spare);
    yield buffer.subarray(0, bytesRead);
    spare = buffer;
  }
}

/** Says of an error in reading a path what is wrong, and what to do. */
export function explain(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return "does not exist: check the path";
  if (code === "EACCES" || code === "EPERM")
    return "may not be read: change its permissions, or read it as another user";
  return code === undefined ? message : `cannot be read (${message})`;
}
