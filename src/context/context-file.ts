import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { readJson, sortedJson } from "./json-carrier.ts";
import { absent, type ContextReading, invalid } from "./reading.ts";
import type { TraceContext } from "./trace-context.ts";

/** The longest tracestate and baggage come to 33 KB with their escapes; a larger file is something else. */
const MAXIMUM_BYTES = 64 * 1024;

/**
 * Reads a context file, by convention `traceparent.json` in a workspace that several tasks share: a JSON carrier.
 * A missing file is absent; one that cannot be read, or is larger than 64 KiB, is invalid.
 */
export function readContextFile(path: string): ContextReading {
  const content = readSmallFile(path);
  if (content.kind === "missing") return absent;
  const reading = content.kind === "text" ? readJson(content.text) : invalid(content.reason);
  return reading.kind === "invalid" ? invalid(`context file ${path}: ${reading.reason}`) : reading;
}

/**
 * Writes a context file at once, so that a task reading it meanwhile sees the old one or the new one.
 * Throws when the file cannot be written.
 */
export function writeContextFile(path: string, context: TraceContext): void {
  // Process ids repeat between the pods that share a workspace; `node:crypto` would cost a step some 3 ms to load.
  const draft = `${path}.${Math.random().toString(36).slice(2)}`;
  try {
    writeFileSync(draft, `${sortedJson(context)}\n`);
    renameSync(draft, path);
  } catch (cause) {
    removeDraft(draft);
    throw new Error(`cannot write context file ${path}: see that its directory exists and is writable`, {
      cause,
    });
  }
}

/** As far as that is possible: the fault to report is the one before. */
function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // The directory is gone or is none, and the draft with it.
  }
}

type Content = { kind: "missing" } | { kind: "text"; text: string } | { kind: "refused"; reason: string };

function readSmallFile(path: string): Content {
  let file: number | undefined;
  try {
    // A named pipe without a writer would hold up a blocking open for ever.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!fstatSync(file).isFile()) return { kind: "refused", reason: "not a regular file" };
    return readWithin(file);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return { kind: "missing" };
    return { kind: "refused", reason: `cannot be read (${codeOf(error)})` };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Counts what is there rather than trust the size, which may change and which `/proc` gives as 0. */
function readWithin(file: number): Content {
  const bytes = Buffer.alloc(MAXIMUM_BYTES + 1);
  let length = 0;
  for (let read = -1; read !== 0; length += read)
    read = readSync(file, bytes, length, bytes.length - length, null);
  if (length > MAXIMUM_BYTES) return { kind: "refused", reason: "larger than 64 KiB" };
  return { kind: "text", text: bytes.toString("utf8", 0, length) };
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : error;
}
