/** How a command that goes on until it is told to stop is told. */

const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** What a shell calls the end by a signal: 128 and its number (POSIX, "Exit Status for Commands"). */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
/** A terminal tells the program and npm, which passes it on: that is one signal. Nobody presses a key again that soon. */
export const ECHO_MILLIS = 250;

/** Answers at the first signal to stop. A second one ends the process at once, for whoever does not want to wait. */
export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    for (const signal of SIGNALS) {
      process.on(signal, () => {
        const now = performance.now();
        firstAt ??= now;
        if (now - firstAt > ECHO_MILLIS) process.exit(EXIT_CODES[signal]);
        resolve();
      });
    }
  });
}
