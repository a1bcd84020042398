/** Bytes of request bodies that may be in memory at once, whoever sent them. */
export class ByteBudget {
  #free: number;

  constructor(bytes: number) {
    this.#free = bytes;
  }

  /** An account for one request, which has nothing yet. */
  open(): Account {
    let held = 0;
    return {
      take: (bytes) => {
        if (bytes > this.#free) return false;
        this.#free -= bytes;
        held += bytes;
        return true;
      },
      release: () => {
        this.#free += held;
        held = 0;
      },
    };
  }
}

export interface Account {
  /** False when so many more are not to be had; then nothing was taken. */
  take(bytes: number): boolean;
  /** Gives everything back. May be called again. */
  release(): void;
}
