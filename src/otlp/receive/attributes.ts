import type { ReceivedAttributes, ReceivedValue } from "./received.ts";
import type { Tally } from "./tally.ts";

/**
 * Makes objects that inherit nothing, so that `__proto__` is a key like any other. `Object.create(null)` would, too, but
 * V8 makes a hash table of each: 475 bytes for ten attributes, not 121, and a tenth of the decoder's speed (Node 20.20).
 */
const Bare = function Attributes() {} as unknown as new () => ReceivedAttributes;
Bare.prototype = Object.create(null);

/** Attributes in the making, within the limits. What does not fit is counted, never refused. */
export class AttributeSet {
  readonly values: ReceivedAttributes = new Bare();
  /** What the sender dropped, as it says, and what is dropped here. */
  dropped = 0;
  #kept = 0;
  readonly #tally: Tally;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** True when no more attributes are kept: reading another is in vain. */
  get isFull(): boolean {
    return this.#kept >= this.#tally.limits.maxAttributes;
  }

  /** Keeps an attribute, or counts it. */
  put(key: string | undefined, value: ReceivedValue): void {
    if (key === undefined || this.isFull) {
      this.dropped += 1;
      return;
    }
    this.#kept += 1;
    this.values[key] = value;
  }
}
