import { StringDecoder } from "node:string_decoder";
import { parseTraceparent, type TraceContext } from "../context/index.ts";
import { systemClock } from "../engine/index.ts";
import type { Output } from "../local/index.ts";
import type { LogRecord } from "../otlp/index.ts";
import type { Attributes } from "../trace/index.ts";

/** What one container may say in full; of what comes after, only the end is kept. */
const MAX_LINES = 20_000;
const MAX_CHARACTERS = 4 * 1024 * 1024;
const TAIL_LINES = 200;
const MAX_LINE_CHARACTERS = 16 * 1024;
/** After so many turns without news, what has no end of line is one all the same: most likely the container has ended. */
const QUIET_TURNS = 10;

type Stream = Output["stream"];

/** The output of a container as log records: a line each, of the span the container was told to be in. */
export class OutputRecords {
  readonly #context: TraceContext;
  readonly #streams = { stdout: unfinishedLine(), stderr: unfinishedLine() };
  #records: LogRecord[] = [];
  /** What came when there was enough, as far as its end is worth keeping. */
  #tail: LogRecord[] = [];
  #lines = 0;
  #characters = 0;
  #leftOut = 0;
  #lastNs = 0n;
  /** How often it was asked since anything was added. */
  #quietTurns = 0;
  readonly resource: Attributes;

  private constructor(context: TraceContext, { pod, container }: Output) {
    this.#context = context;
    this.resource = {
      "service.name": "tekton",
      "k8s.namespace.name": pod.metadata.namespace ?? "",
      "k8s.pod.name": pod.metadata.name,
      "k8s.container.name": container,
    };
  }

  /** Undefined for a container that is in no span, or in one that is not sampled: nobody could find its log. */
  static of(output: Output): OutputRecords | undefined {
    const { pod, container } = output;
    const env = pod.spec.containers.find(({ name }) => name === container)?.env ?? [];
    const context = parseTraceparent(env.find(({ name }) => name === "TRACEPARENT")?.value ?? "");
    return context === undefined || (context.flags & 1) === 0
      ? undefined
      : new OutputRecords(context, output);
  }

  add(stream: Stream, chunk: Buffer): void {
    const unfinished = this.#streams[stream];
    const lines = (unfinished.text + unfinished.decoder.write(chunk)).split("\n");
    unfinished.text = lines.pop() ?? "";
    // A step that prints a gigabyte is not to wait until each of its lines has been taken for the last and dropped again.
    const kept = this.#hasEnough() ? lines.slice(-TAIL_LINES) : lines;
    this.#leftOut += lines.length - kept.length;
    for (const line of kept) this.#addLine(stream, line);
    if (unfinished.text.length > MAX_LINE_CHARACTERS) this.#finishLine(stream, { isEnd: false });
    this.#quietTurns = 0;
  }

  #finishLine(stream: Stream, { isEnd }: { isEnd: boolean }): void {
    const unfinished = this.#streams[stream];
    const text = unfinished.text + (isEnd ? unfinished.decoder.end() : "");
    if (text !== "") this.#addLine(stream, text);
    unfinished.text = "";
  }

  #addLine(stream: Stream, text: string): void {
    const record = this.#recordOf(stream, shortened(text));
    if (this.#hasEnough()) {
      this.#tail.push(record);
      if (this.#tail.length <= TAIL_LINES) return;
      this.#tail.shift();
      this.#leftOut++;
      return;
    }
    this.#lines++;
    this.#characters += text.length;
    this.#records.push(record);
  }

  #hasEnough(): boolean {
    return this.#lines >= MAX_LINES || this.#characters >= MAX_CHARACTERS;
  }

  /** Lines of one moment stay in their order: times of a container never repeat. */
  #recordOf(stream: Stream, body: string): LogRecord {
    const now = systemClock.now();
    this.#lastNs = now > this.#lastNs ? now : this.#lastNs + 1n;
    const { traceId, spanId, flags } = this.#context;
    return { timeNs: this.#lastNs, traceId, spanId, flags, body, attributes: { "log.iostream": stream } };
  }

  /**
   * What is to be handed on now. The end of an output that is too long comes when nothing has been added since it was asked for
   * last, or when `isEnd` says that nothing will be; a last line without its end some turns later.
   */
  take({ isEnd }: { isEnd: boolean }): LogRecord[] {
    if (isEnd || this.#quietTurns === QUIET_TURNS)
      for (const stream of ["stdout", "stderr"] as const) this.#finishLine(stream, { isEnd });
    const records = this.#records;
    this.#records = [];
    if (isEnd || this.#quietTurns > 0) records.push(...this.#takeTail());
    this.#quietTurns++;
    return records;
  }

  #takeTail(): LogRecord[] {
    const [first, ...rest] = this.#tail;
    this.#tail = [];
    if (first === undefined) return [];
    if (this.#leftOut === 0) return [first, ...rest];
    const note = { ...first, timeNs: first.timeNs - 1n, body: `… ${this.#leftOut} lines left out` };
    this.#leftOut = 0;
    return [note, first, ...rest];
  }
}

function shortened(line: string): string {
  return line.length > MAX_LINE_CHARACTERS ? `${line.slice(0, MAX_LINE_CHARACTERS)}…` : line;
}

function unfinishedLine() {
  return { decoder: new StringDecoder(), text: "" };
}
