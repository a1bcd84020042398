/**
 * Tells what a launcher (bubblewrap, setpriv, podman) says on stderr before the program runs from what the program says.
 *
 * Text that begins as the launcher's messages do is held back until the end decides whose it was; everything else passes at
 * once.
 */
import { Transform, type TransformCallback } from "node:stream";

/** A launcher says what went wrong in a line or two; more than that is a program's output. */
const LONGEST_COMPLAINT = 4096;

export interface ComplaintOptions {
  /** How messages of the launcher begin. */
  openings: readonly string[];
  /** Whether what was held back is reported in another way; settled once the launcher has ended. */
  isReported: Promise<boolean>;
}

export class ComplaintFilter extends Transform {
  readonly #openings: readonly string[];
  readonly #isReported: Promise<boolean>;
  #held: Buffer | undefined = Buffer.alloc(0);
  #settle: (text: string | undefined) => void = () => undefined;
  /** What began as a message of the launcher and was all there was; undefined as soon as something else arrives. */
  readonly complaint: Promise<string | undefined>;

  constructor({ openings, isReported }: ComplaintOptions) {
    super();
    this.#openings = openings;
    this.#isReported = isReported;
    this.complaint = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.once("close", () => this.#settle(undefined));
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    if (this.#held === undefined) {
      done(undefined, chunk);
      return;
    }
    const text = Buffer.concat([this.#held, chunk]);
    const isHeld = this.#mayBeComplaint(text);
    this.#held = isHeld ? text : undefined;
    if (!isHeld) this.#settle(undefined);
    done(undefined, isHeld ? undefined : text);
  }

  override _flush(done: TransformCallback): void {
    const held = this.#held;
    this.#settle(held === undefined || held.length === 0 ? undefined : held.toString());
    const decision = held === undefined ? Promise.resolve(true) : this.#isReported;
    void decision.then((isReported) => done(undefined, isReported ? undefined : held));
  }

  #mayBeComplaint(text: Buffer): boolean {
    if (text.length > LONGEST_COMPLAINT) return false;
    return this.#openings.some((opening) => {
      const length = Math.min(opening.length, text.length);
      return text.toString("latin1", 0, length) === opening.slice(0, length);
    });
  }
}
