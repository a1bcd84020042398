import type { Output } from "../local/index.ts";
import { encodeLogsJson, type ResourceLogs } from "../otlp/index.ts";
import { OutputRecords } from "./output-records.ts";
import type { OtlpBody } from "./spool.ts";
import { VERSION } from "./version.ts";

const TURN_MILLIS = 500;
/** Containers whose log is remembered; those that were quiet for longest are forgotten first. */
const MAX_CONTAINERS = 1_000;

/**
 * What steps print, as OpenTelemetry log records of their spans, so that it stands beside them wherever traces are read. Handed
 * on in turns; what is not taken is lost, and counted: no step waits for its log.
 */
export class StepLogs {
  readonly #sink: (body: OtlpBody) => Promise<void>;
  readonly #say: (line: string) => void;
  readonly #logs = new Map<string, OutputRecords | undefined>();
  readonly #timer: NodeJS.Timeout;
  #turn: Promise<void> = Promise.resolve();
  #isRefused = false;
  /** Lines that nobody took. */
  lost = 0;

  /** @param say is told when they are taken no more, and when they are again. */
  constructor(sink: (body: OtlpBody) => Promise<void>, say: (line: string) => void) {
    this.#sink = sink;
    this.#say = say;
    this.#timer = setInterval(() => void this.#hand(false), TURN_MILLIS).unref();
  }

  add = (output: Output): void => {
    const { pod, container, stream, chunk } = output;
    const key = `${pod.metadata.uid}/${container}`;
    const log = this.#logs.has(key) ? this.#logs.get(key) : OutputRecords.of(output);
    log?.add(stream, chunk);
    this.#logs.delete(key);
    this.#logs.set(key, log);
  };

  #hand(isEnd: boolean): Promise<void> {
    this.#turn = this.#turn.then(() => this.#handOver(isEnd));
    return this.#turn;
  }

  async #handOver(isEnd: boolean): Promise<void> {
    const resourceLogs = this.#take(isEnd);
    if (resourceLogs.length === 0) return;
    const body = Buffer.from(encodeLogsJson(resourceLogs));
    try {
      await this.#sink({ signal: "logs", contentType: "application/json", body });
      if (this.#isRefused) this.#say("what steps print is kept again");
      this.#isRefused = false;
    } catch (fault) {
      this.lost += resourceLogs.reduce((sum, { records }) => sum + records.length, 0);
      if (!this.#isRefused) this.#say(`what steps print is not kept: ${messageOf(fault)}`);
      this.#isRefused = true;
    }
  }

  #take(isEnd: boolean): ResourceLogs[] {
    const resourceLogs: ResourceLogs[] = [];
    for (const [key, log] of this.#logs) {
      const isForgotten = this.#logs.size > MAX_CONTAINERS;
      const records = log?.take({ isEnd: isEnd || isForgotten }) ?? [];
      if (log !== undefined && records.length > 0)
        resourceLogs.push({
          resource: log.resource,
          scope: { name: "throughline", version: VERSION },
          records,
        });
      if (isForgotten) this.#logs.delete(key);
    }
    return resourceLogs;
  }

  /** Hands on everything, unfinished lines too; answers when it is taken. */
  end(): Promise<void> {
    clearInterval(this.#timer);
    return this.#hand(true);
  }
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault);
}
