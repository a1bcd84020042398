/**
 * What a step leaves in its spool: JSON lines, each one OTLP/JSON request (OpenTelemetry specification, "OpenTelemetry Protocol
 * File Exporter"). Those of a signal are put together, so that a step that measures a thousand commands is one request.
 */
import type { Signal } from "../../otlp/index.ts";

/** An OTLP/JSON request. */
export interface TelemetryBody {
  signal: Signal;
  body: Buffer;
}

export interface TelemetryLines {
  /** In the order of the lines, as far as they have the same signal. */
  bodies: TelemetryBody[];
  /** Lines that are no request, or too long for one. */
  unreadable: number;
  /** There are more lines than are looked at. */
  isCut: boolean;
}

/** What most collectors take at once. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** As many requests as fit into a spool. Of lines that are none there may be millions, and every step waits while they are read. */
export const MAX_LINES = 100_000;

const SIGNALS: readonly { signal: Signal; key: string; start: RegExp }[] = [
  { signal: "traces", key: "resourceSpans", start: /^\s*\{\s*"resourceSpans"\s*:\s*\[/ },
  { signal: "metrics", key: "resourceMetrics", start: /^\s*\{\s*"resourceMetrics"\s*:\s*\[/ },
  { signal: "logs", key: "resourceLogs", start: /^\s*\{\s*"resourceLogs"\s*:\s*\[/ },
];
const END = /\]\s*\}\s*$/;

/** Reads the lines of a spool. Lines with nothing in them count for nothing. */
export function readTelemetryLines(content: Buffer): TelemetryLines {
  const bodies = new BodyMaker();
  let [lines, unreadable] = [0, 0];
  for (const line of linesOf(content)) {
    lines++;
    if (lines > MAX_LINES) break;
    const request = line.length > MAX_BODY_BYTES ? undefined : readRequest(line.toString());
    if (request === undefined) unreadable++;
    else bodies.add(request);
  }
  return { bodies: bodies.end(), unreadable, isCut: lines > MAX_LINES };
}

function* linesOf(content: Buffer): Generator<Buffer> {
  for (let start = 0, end = 0; start < content.length; start = end + 1) {
    end = content.indexOf("\n", start);
    if (end === -1) end = content.length;
    const line = content.subarray(start, end);
    if (line.length > 0) yield line;
  }
}

/** The text of a request's list, without its brackets. */
interface Request {
  signal: Signal;
  elements: string;
}

/** Cut out of the text, not written anew: numbers of 64 bits would lose digits. */
function readRequest(line: string): Request | undefined {
  const signal = SIGNALS.find((each) => each.start.test(line));
  const start = signal?.start.exec(line)?.[0].length;
  const end = END.exec(line)?.index;
  if (signal === undefined || start === undefined || end === undefined) return undefined;
  const elements = line.slice(start, end).trim();
  return isListOf(elements) ? { signal: signal.signal, elements } : undefined;
}

/** Not where the text holds the end of the list, and a second key after it. */
function isListOf(elements: string): boolean {
  try {
    JSON.parse(`[${elements}]`);
    return true;
  } catch {
    return false;
  }
}

/** Puts lists together, each as long as one request may be. */
class BodyMaker {
  readonly #bodies: TelemetryBody[] = [];
  readonly #open = new Map<Signal, { elements: string[]; bytes: number }>();

  add({ signal, elements }: Request): void {
    if (elements === "") return;
    const bytes = Buffer.byteLength(elements) + 1;
    if ((this.#open.get(signal)?.bytes ?? 0) + bytes > MAX_BODY_BYTES) this.#close(signal);
    const open = this.#open.get(signal) ?? { elements: [], bytes: 0 };
    open.elements.push(elements);
    open.bytes += bytes;
    this.#open.set(signal, open);
  }

  end(): TelemetryBody[] {
    for (const signal of [...this.#open.keys()]) this.#close(signal);
    return this.#bodies;
  }

  #close(signal: Signal): void {
    const { key } = SIGNALS.find((each) => each.signal === signal) ?? { key: "" };
    const elements = this.#open.get(signal)?.elements ?? [];
    this.#open.delete(signal);
    if (elements.length === 0) return;
    this.#bodies.push({ signal, body: Buffer.from(`{"${key}":[${elements.join(",")}]}`) });
  }
}
