/** The file in a shared workspace by which one task hands its context to the next. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { type ContextReading, formatTraceparent, readJson, type StepContext } from "./fields.ts";

const DEFAULT_FILE = "/workspace/trace-ctx/traceparent.json";
/** The longest tracestate and baggage come to 33 KB with their escapes; a larger file is something else. */
const MAXIMUM_BYTES = 64 * 1024;
/** Longer than pipelines run, shorter than until the run of the next day in the same workspace. */
const LONG_AGO_MS = 24 * 60 * 60 * 1000;

/** Where tasks leave their context: `THROUGHLINE_CONTEXT_FILE`, else the file that guides to tracing Tekton name. */
export function contextFileOf(env: Readonly<Record<string, string | undefined>>): string {
  return env["THROUGHLINE_CONTEXT_FILE"] || DEFAULT_FILE;
}

/** Reads a context file. A missing one is absent; one that cannot be read, or is larger than 64 KiB, is invalid. */
export function readContextFile(path: string): ContextReading {
  const content = readSmallFile(path);
  if (content.kind === "missing") return { kind: "absent" };
  const reading: ContextReading =
    content.kind === "text"
      ? readJson({ text: content.text, from: "file" })
      : { ...content, kind: "invalid" };
  return reading.kind === "invalid"
    ? { ...reading, reason: `context file ${path}: ${reading.reason}` }
    : reading;
}

/** Whether the file was last written more than 24 hours ago. */
export function savedLongAgo(path: string): boolean {
  const { mtimeMs = Number.NaN } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return Date.now() - mtimeMs > LONG_AGO_MS;
}

/**
 * Writes a context file at once, so that a task reading it meanwhile sees the old one or the new one. Throws when it
 * cannot be written; the message names the path.
 */
export function writeContextFile(path: string, context: StepContext): void {
  // Process ids repeat between the pods that share a workspace; `node:crypto` would cost a step some 3 ms to load.
  const draft = `${path}.${Math.random().toString(36).slice(2)}`;
  const { tracestate, baggage } = context;
  try {
    writeFileSync(
      draft,
      `${JSON.stringify({ baggage, traceparent: formatTraceparent(context), tracestate })}\n`,
      // Never through a link that another task has put there.
      { flag: "wx" },
    );
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
    const code = error instanceof Error && "code" in error ? error.code : error;
    return code === "ENOENT" ? { kind: "missing" } : { kind: "refused", reason: `cannot be read (${code})` };
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
