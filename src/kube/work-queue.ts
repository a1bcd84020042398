/** Keys to be worked on, one at a time each (client-go, util/workqueue). */
export interface WorkQueue {
  /** Once more, as soon as may be. A key that is waiting already stays where it is; one that is being worked on comes again after. */
  add(key: string): void;
  /** The same, not before so long from now. An earlier time wins. */
  addAfter(key: string, millis: number): void;
  /** Takes no more; settles when what is being worked on is done. A second call answers the same promise. */
  stop(): Promise<void>;
}

/** What is to become of a key after it was worked on. A fault that is thrown means: again, with growing pauses. */
export type Outcome = { requeueAfterMillis?: number };

export interface WorkQueueOptions {
  handle: (key: string) => Promise<Outcome>;
  /** How many keys at once. */
  workers: number;
  onFault: (fault: unknown, key: string) => void;
}
