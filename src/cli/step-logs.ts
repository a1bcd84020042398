import type { Output } from "../local/index.ts";
import { encodeLogsJson } from "../otlp/index.ts";
import { ContainerLog } from "./container-log.ts";
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
  readonly #logs = new Map<string, ContainerLog | undefined>();
  readonly #timer: NodeJS.Timeout;
  #turn: Promise<void> = Promise.resolve();
  /** Lines that nobody took. */
  lost = 0;

  constructor(sink: (body: OtlpBody) => Promise<void>) {
    this.#sink = sink;
    this.#timer = setInterval(() => void this.#hand(false), TURN_MILLIS).unref();
  }

  add = (output: Output): void => {
    const { pod, container, stream, chunk } = output;
    const key = `${pod.metadata.uid}/${container}`;
    const log = this.#logs.has(key) ? this.#logs.get(key) : ContainerLog.of(output);
    log?.add(stream, chunk);
    this.#logs.delete(key);
    this.#logs.set(key, log);
  };

  #hand(isEnd: boolean): Promise<void> {
    this.#turn = this.#turn.then(() => this.#handOver(isEnd));
    return this.#turn;
  }

  async #handOver(isEnd: boolean): Promise<void> {
    const resourceLogs = [];
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
    if (resourceLogs.length === 0) return;
    const body = Buffer.from(encodeLogsJson(resourceLogs));
    try {
      await this.#sink({ signal: "logs", contentType: "application/json", body });
    } catch {
      this.lost += resourceLogs.reduce((sum, { records }) => sum + records.length, 0);
    }
  }

  /** Hands on everything, unfinished lines too; answers when it is taken. */
  end(): Promise<void> {
    clearInterval(this.#timer);
    return this.#hand(true);
  }
}
