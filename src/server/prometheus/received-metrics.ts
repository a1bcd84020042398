/**
 * What senders of metrics told, added up since this process began: Prometheus wants one counter where each step of a
 * pipeline is a process of its own that counts to one. It starts at zero with the process, as Prometheus expects; what was before is
 * in the store.
 *
 *   request ── read: amounts by series ──┬── kept by the store ── added
 *                                        └── refused: forgotten, it comes again
 */
import type { ReceivedMetric } from "../../otlp/index.ts";
import { type Family, labelText, single } from "./family.ts";
import { type Growth, type MetricsReading, readRequest } from "./read-request.ts";
import { Seen } from "./seen.ts";
import { type Addition, SeriesStore } from "./series-store.ts";
import { Streams } from "./streams.ts";

/** Series of received metrics; with those that overflow, twice as many at most. */
export const MOST_SERIES = 2_000;

/** A sender sends again what it got no answer for: within minutes. */
const MOST_REQUESTS_SEEN = 4_096;

/** Why a point is in no series of its own. */
const REASONS = ["overflow", "conflict", "unsupported"] as const;
type Reason = (typeof REASONS)[number];

export class ReceivedMetrics {
  readonly #series = new SeriesStore(MOST_SERIES);
  readonly #streams: Streams;
  readonly #requests = new Seen(MOST_REQUESTS_SEEN);
  readonly #leftOut: Record<Reason, number> = { overflow: 0, conflict: 0, unsupported: 0 };
  readonly #beganSeconds: number;

  constructor(beganNs: bigint) {
    this.#streams = new Streams(beganNs);
    this.#beganSeconds = Number(beganNs / 1_000_000n) / 1_000;
  }

  /** Reads a request; what it adds is added when the answered function is called, once for the same request. */
  read(metrics: readonly ReceivedMetric[]): () => void {
    const reading = readRequest(metrics);
    return () => {
      if (!this.#requests.again(reading.fingerprint)) this.#addAll(reading);
    };
  }

  *families(): Generator<Family> {
    yield* this.#series.families();
    yield single({
      name: "throughline_received_series",
      type: "gauge",
      help: "Series of received metrics that are shown here.",
      value: this.#series.size,
    });
    yield {
      name: "throughline_received_points_left_out",
      type: "counter",
      help: "Received data points that have no series of their own here. The store has them.",
      unit: "",
      series: REASONS.map((reason) => ({
        labels: labelText({ reason }),
        value: this.#leftOut[reason],
        createdSeconds: this.#beganSeconds,
      })),
    };
  }

  #addAll({ additions, growths, overflow, unsupported }: MetricsReading): void {
    for (const addition of additions.values()) this.#add(addition);
    for (const growth of growths) this.#grow(growth);
    this.#leftOut.overflow += overflow;
    this.#leftOut.unsupported += unsupported;
  }

  #grow(growth: Growth): void {
    const { stream: key, startNs, timeNs, amount } = growth;
    const added = this.#streams.added({ key, startNs, timeNs, amount });
    this.#add({ ...growth, amount: added ?? { value: 0 } });
  }

  #add(addition: Addition): void {
    const outcome = isOurs(addition.shape.name) ? "conflict" : this.#series.add(addition);
    if (outcome !== "added") this.#leftOut[outcome]++;
  }
}

/** Names of what is made here. */
function isOurs(name: string): boolean {
  return /^(?:throughline|process|cicd_pipeline_run)_/.test(name);
}
