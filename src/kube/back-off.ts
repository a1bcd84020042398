/** Pauses that double from one failure to the next, up to a limit. */
export interface BackOff {
  /** How long to pause now, in milliseconds: at random between half the pause and all of it, so that clients spread out. */
  next(): number;
  /** Things went well: the next pause is the shortest again. */
  reset(): void;
}

export function startBackOff({
  firstMillis,
  mostMillis,
}: {
  firstMillis: number;
  mostMillis: number;
}): BackOff {
  let failures = 0;
  return {
    next: () => {
      const pause = Math.min(mostMillis, firstMillis * 2 ** Math.min(failures, 30));
      failures++;
      return pause * (0.5 + Math.random() / 2);
    },
    reset: () => {
      failures = 0;
    },
  };
}
