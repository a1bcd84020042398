/** What the tests of both reconcilers share: an API in memory, a clock that stands still, and passes one at a time. */
import type { KubeApi, ObjectKey, Outcome } from "../kube/index.ts";
import type { ResourceSpans } from "../trace/index.ts";
import { timestamp } from "./clock.ts";
import type { EngineContext } from "./context.ts";
import { startTestApi, startTestEngine, type TestApi, type TestApiOptions } from "./testing.ts";

const MILLI = 1_000_000n;
const START = 1_800_000_000_000_000_000n;

type Reconcile = (engine: EngineContext, key: ObjectKey) => Promise<Outcome>;

/** A run and the API it is in. Each pass is one of a process that has just started. */
export class ReconcilerStage {
  readonly spans: ResourceSpans[] = [];
  #now = START;
  readonly clock = { now: () => this.#now };
  readonly api: TestApi;
  readonly #reconcile: Reconcile;
  readonly #key: ObjectKey;

  constructor(reconcile: Reconcile, key: ObjectKey, options: Pick<TestApiOptions, "beforeCall"> = {}) {
    this.#reconcile = reconcile;
    this.#key = key;
    this.api = startTestApi({ ...options, now: () => timestamp(this.#now) });
  }

  wait(millis: number): void {
    this.#now += BigInt(millis) * MILLI;
  }

  /** One pass; how long until it wants to be repeated, in milliseconds. */
  async pass(api: KubeApi = this.api): Promise<number | undefined> {
    const { engine, stop } = await startTestEngine(this.api, {
      clock: this.clock,
      onSpans: (spans) => this.spans.push(spans),
    });
    try {
      return (await this.#reconcile({ ...engine, api }, this.#key)).requeueAfterMillis;
    } finally {
      stop();
    }
  }
}
