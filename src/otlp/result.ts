/** So many spans share this fate, for this reason; the reason names the endpoint and never shows a header's value. */
export interface Refusal {
  spans: number;
  reason: string;
}

/** What became of the spans of one export. */
export type ExportResult =
  /** The collector took every span. */
  | { kind: "complete"; accepted: number; warnings: readonly string[] }
  /**
   * It did not. `rejected`: the collector took the request without these spans, and must not be sent them again (OTLP
   * specification, "Partial Success"). `failed`: nobody took them. One entry for each reason;
   * `accepted` and the spans of all entries add up to what was to be sent.
   */
  | {
      kind: "incomplete";
      accepted: number;
      rejected: readonly Refusal[];
      failed: readonly Refusal[];
      warnings: readonly string[];
    };

/** Adds up an {@link ExportResult}, request by request, until all spans are accounted for. */
export class ExportTally {
  #accepted = 0;
  #pending: number;
  readonly #rejected = new Map<string, number>();
  readonly #failed = new Map<string, number>();
  readonly #warnings = new Set<string>();

  constructor(spans: number) {
    this.#pending = spans;
  }

  accept(spans: number): void {
    this.#accepted += spans;
    this.#pending -= spans;
  }

  reject({ spans, reason }: Refusal): void {
    this.#count(this.#rejected, { spans, reason });
  }

  fail({ spans, reason }: Refusal): void {
    this.#count(this.#failed, { spans, reason });
  }

  /** For a fault that no later request escapes. */
  failRest(reason: string): void {
    this.fail({ spans: this.#pending, reason });
  }

  /** The collector's advice, or a doubt about its answer; each is kept once. */
  warn(warning: string): void {
    this.#warnings.add(warning);
  }

  result(): ExportResult {
    const outcome = { accepted: this.#accepted, warnings: [...this.#warnings] };
    if (this.#rejected.size + this.#failed.size === 0) return { kind: "complete", ...outcome };
    return {
      kind: "incomplete",
      ...outcome,
      rejected: refusals(this.#rejected),
      failed: refusals(this.#failed),
    };
  }

  #count(counts: Map<string, number>, { spans, reason }: Refusal): void {
    if (spans === 0) return;
    counts.set(reason, (counts.get(reason) ?? 0) + spans);
    this.#pending -= spans;
  }
}

function refusals(counts: ReadonlyMap<string, number>): Refusal[] {
  return [...counts].map(([reason, spans]) => ({ spans, reason }));
}
