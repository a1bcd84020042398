import type { TelemetryBody } from "../local/index.ts";
import type { OtlpBody } from "./spool.ts";

/** What became of a body: `full` when more came in all than is taken. */
export type Taken = "taken" | "full" | "failed";

/** The one way of steps' telemetry to its sink, whichever door it came through: bounded, and nothing gets lost uncounted. */
export class Intake {
  readonly #sink: (body: OtlpBody) => Promise<void>;
  readonly #maxTotalBytes: number;
  readonly #taking = new Set<Promise<Taken>>();
  #total = 0;
  #refused = 0;

  constructor(
    sink: (body: OtlpBody) => Promise<void>,
    { maxTotalBytes = Number.POSITIVE_INFINITY }: { maxTotalBytes?: number } = {},
  ) {
    this.#sink = sink;
    this.#maxTotalBytes = maxTotalBytes;
  }

  /** How many bodies the sink did not get. */
  get refused(): number {
    return this.#refused;
  }

  /** Settles when the sink has it. Never rejects. */
  async take(body: OtlpBody): Promise<Taken> {
    const taking = this.#hand(body);
    this.#taking.add(taking);
    const taken = await taking;
    this.#taking.delete(taking);
    return taken;
  }

  /** What a step has left in its spool. */
  collect = ({ signal, body }: TelemetryBody): void => {
    void this.take({ signal, contentType: "application/json", body });
  };

  async #hand(body: OtlpBody): Promise<Taken> {
    this.#total += body.body.byteLength;
    if (this.#total > this.#maxTotalBytes) {
      this.#refused++;
      return "full";
    }
    try {
      await this.#sink(body);
      return "taken";
    } catch {
      this.#refused++;
      return "failed";
    }
  }

  /** Settles when the sink has, or has refused, all that was taken until now. */
  async settled(): Promise<void> {
    await Promise.all(this.#taking);
  }
}
