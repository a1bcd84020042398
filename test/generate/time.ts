// How Kubernetes and Tekton write down a moment of the simulated clock (milliseconds since 1970).

/** Whole seconds, cut off and not rounded: metav1.Time. */
export function inSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

/** As the entrypoint writes StartedAt into the termination message. */
export function inMilliseconds(ms: number): string {
  return new Date(ms).toISOString();
}

/** As the scheduler writes eventTime: metav1.MicroTime. */
export function inMicroseconds(ms: number, micros: number): string {
  return `${new Date(ms).toISOString().slice(0, 23)}${String(micros).padStart(3, "0")}Z`;
}

/** How Go prints a duration: `1h0m0s`, `1m2.345s`, `350ms`. */
export function goDuration(ms: number): string {
  if (ms < 1000) return `${ms}ms`;
  const seconds = `${(ms % 60_000) / 1000}s`;
  if (ms < 60_000) return seconds;
  const minutes = Math.floor(ms / 60_000);
  return minutes < 60 ? `${minutes}m${seconds}` : `${Math.floor(minutes / 60)}h${minutes % 60}m${seconds}`;
}
