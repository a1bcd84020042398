/**
 * Telemetry that waits to be kept. Opening the engine of the store takes longer than many a run, so a run leaves its
 * telemetry in `DATA/spool`, each file the body of one OTLP request, and whoever opens the store next takes it in.
 */
import { constants } from "node:fs";
import { mkdir, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeLogs, decodeMetrics, decodeTraces, type Signal } from "../otlp/index.ts";
import type { Added, TraceStore } from "../store/index.ts";

/** The body of an OTLP/HTTP request. */
export interface OtlpBody {
  signal: Signal;
  contentType: "application/json" | "application/x-protobuf";
  body: Uint8Array;
}

const EXTENSIONS = { "application/json": "json", "application/x-protobuf": "pb" } as const;
let written = 0;

/** Puts bodies into the spool of a data directory. A file is there whole or not at all. */
export async function spool(data: string, bodies: Iterable<OtlpBody>): Promise<void> {
  const directory = directoryOf(data);
  await mkdir(directory, { recursive: true });
  for (const { signal, contentType, body } of bodies) {
    written++;
    const name = `${Date.now()}-${process.pid}-${written}.${signal}.${EXTENSIONS[contentType]}`;
    await writeFile(join(directory, `.${name}`), body, { mode: 0o600 });
    await rename(join(directory, `.${name}`), join(directory, name));
  }
}

/**
 * Takes what is in the spool into the store, oldest first, and removes it once it is durable. A file that cannot be read is put
 * aside under another name and said once, through `onTrouble`. When the process ends in between, a file is taken in twice.
 */
export async function takeInSpool(
  data: string,
  store: TraceStore,
  onTrouble: (message: string) => void,
): Promise<void> {
  const directory = directoryOf(data);
  const names = await readdir(directory).catch(() => []);
  await removeHalfWritten(directory, names);
  for (const name of names.filter((name) => FILE.test(name)).sort(byAge)) {
    const path = join(directory, name);
    const trouble = await takeInFile(path, store);
    if (trouble === undefined) await rm(path, { force: true });
    else onTrouble(`${path}: ${trouble}; ${await putAside(path)}`);
  }
}

const FILE = /^\d+-\d+-\d+\.(traces|metrics|logs)\.(json|pb)$/;

function byAge(a: string, b: string): number {
  return a.localeCompare(b, "en", { numeric: true });
}

/** Nobody writes at one file for so long: its writer was killed. */
const ABANDONED_MILLIS = 3_600_000;

async function removeHalfWritten(directory: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const writtenAt =
      name.startsWith(".") && FILE.test(name.slice(1)) ? Number.parseInt(name.slice(1), 10) : Infinity;
    if (Date.now() - writtenAt > ABANDONED_MILLIS) await rm(join(directory, name), { force: true });
  }
}

async function takeInFile(path: string, store: TraceStore): Promise<string | undefined> {
  const [, signal = "", extension] = FILE.exec(basename(path)) ?? [];
  const contentType = extension === "json" ? "application/json" : "application/x-protobuf";
  const body = await readOrdinary(path).catch((fault: Error) => fault);
  if (body instanceof Error) return body.message;
  return takeIn({ signal: signal as Signal, contentType, body }, store);
}

/** A run whose trace is larger than this has none to speak of. */
const MAX_FILE_BYTES = 1024 * 1024 * 1024;

/**
 * Only what a run may have left there. A step that has the data directory in its workspace can put anything into the spool: a link
 * to somebody's files, a pipe that nobody writes to.
 */
async function readOrdinary(path: string): Promise<Uint8Array> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile() || stat.size > MAX_FILE_BYTES) throw new Error("no ordinary file, or too large");
    return await file.readFile();
  } finally {
    await file.close();
  }
}

/** Answers what has become of it, for the message. */
async function putAside(path: string): Promise<string> {
  try {
    await rename(path, `${path}.bad`);
    return `kept as ${basename(path)}.bad`;
  } catch {
    return "it stays where it is";
  }
}

/** Takes one body into the store. Answers what is wrong with it, if anything; it is durable when it answers. */
export async function takeIn(
  { signal, contentType, body }: OtlpBody,
  store: TraceStore,
): Promise<string | undefined> {
  const add = ADDERS[signal](body, contentType, store);
  return typeof add === "string" ? add : keep(add);
}

type Add = () => Promise<Added>;

const ADDERS: Record<Signal, (body: Uint8Array, contentType: string, store: TraceStore) => Add | string> = {
  traces: (body, contentType, store) => {
    const decoded = decodeTraces(body, contentType);
    return decoded.kind === "malformed" ? decoded.reason : () => store.addSpans(decoded.spans);
  },
  metrics: (body, contentType, store) => {
    const decoded = decodeMetrics(body, contentType);
    return decoded.kind === "malformed" ? decoded.reason : () => store.addMetrics(decoded.metrics);
  },
  logs: (body, contentType, store) => {
    const decoded = decodeLogs(body, contentType);
    return decoded.kind === "malformed" ? decoded.reason : () => store.addLogs(decoded.logs);
  },
};

async function keep(add: Add): Promise<string | undefined> {
  const added = await add();
  if (added.kind === "kept") return added.rejected === 0 ? undefined : added.reason;
  await sleep(added.retryAfterSeconds * 1_000);
  return keep(add);
}

function directoryOf(data: string): string {
  return join(data, "spool");
}
