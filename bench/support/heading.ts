import { availableParallelism } from "node:os";

/** What every result begins with: which bench it is of, the date and the machine. */
export function heading(bench: string) {
  return {
    bench,
    date: new Date().toISOString().slice(0, 10),
    node: process.version,
    cpus: availableParallelism(),
  };
}
