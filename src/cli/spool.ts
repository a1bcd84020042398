/**
 * Telemetry that waits to be kept. Opening the engine of the store takes longer than many a run, so a run leaves its
 * telemetry in `DATA/spool`, each file the body of one OTLP request, and whoever opens the store next takes it in.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeLogs, decodeMetrics, decodeTraces } from "../otlp/index.ts";
import type { Added, TraceStore } from "../store/index.ts";

export type Signal = "traces" | "metrics" | "logs";

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
 * aside under another name and said once, through `onTrouble`.
 */
export async function takeInSpool(
  data: string,
  store: TraceStore,
  onTrouble: (message: string) => void,
): Promise<void> {
  const directory = directoryOf(data);
  const names = (await readdir(directory).catch(() => [])).filter((name) => FILE.test(name));
  for (const name of names.sort()) {
    const path = join(directory, name);
    const trouble = await takeInFile(path, store);
    if (trouble === undefined) await rm(path, { force: true });
    else {
      await rename(path, `${path}.bad`);
      onTrouble(`${path}: ${trouble}; kept as ${name}.bad`);
    }
  }
}

const FILE = /^\d+-\d+-\d+\.(traces|metrics|logs)\.(json|pb)$/;

async function takeInFile(path: string, store: TraceStore): Promise<string | undefined> {
  const [, signal = "", extension] = FILE.exec(basename(path)) ?? [];
  const contentType = extension === "json" ? "application/json" : "application/x-protobuf";
  return takeIn({ signal: signal as Signal, contentType, body: await readFile(path) }, store);
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
