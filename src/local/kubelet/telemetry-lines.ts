/**
 * What a step leaves in its spool: JSON lines, each one OTLP/JSON request (OpenTelemetry specification, "OpenTelemetry Protocol
 * File Exporter"). Those of a signal are put together, so that a step that measures a thousand commands is one request.
 */

export type Signal = "traces" | "metrics" | "logs";

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
}

/** What most collectors take at once. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

const SIGNALS: readonly { signal: Signal; key: string; start: RegExp }[] = [
  { signal: "traces", key: "resourceSpans", start: /^\s*\{\s*"resourceSpans"\s*:\s*\[/ },
  { signal: "metrics", key: "resourceMetrics", start: /^\s*\{\s*"resourceMetrics"\s*:\s*\[/ },
  { signal: "logs", key: "resourceLogs", start: /^\s*\{\s*"resourceLogs"\s*:\s*\[/ },
];
const END = /\]\s*\}\s*$/;

/** Reads the lines of a spool. Lines with nothing in them count for nothing. */
export function readTelemetryLines(content: Buffer): TelemetryLines {
  const bodies = new BodyMaker();
  let unreadable = 0;
  for (const line of linesOf(content)) {
    const request = line.length > MAX_BODY_BYTES ? undefined : readRequest(line.toString());
    if (request === undefined) unreadable++;
    else bodies.add(request);
  }
  return { bodies: bodies.end(), unreadable };
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

/**
 * Cut out of the text, not written anew: numbers of 64 bits would lose digits. The cut is right because there is no other key, and
 * nothing but this list.
 */
function readRequest(line: string): Request | undefined {
  const keys = keysOf(line);
  const [key] = keys;
  const signal = SIGNALS.find((each) => each.key === key);
  if (keys.length !== 1 || signal === undefined) return undefined;
  const start = signal.start.exec(line)?.[0].length;
  const end = END.exec(line)?.index;
  if (start === undefined || end === undefined) return undefined;
  return { signal: signal.signal, elements: line.slice(start, end).trim() };
}

/** None of what is no JSON object. */
function keysOf(line: string): string[] {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === "object" && parsed !== null ? Object.keys(parsed) : [];
  } catch {
    return [];
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
