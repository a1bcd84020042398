/** The spool of a step: a file of OTLP/JSON lines, as the OTLP file exporter writes them. */
import { closeSync, constants, openSync, writeSync } from "node:fs";

const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;

/**
 * Appends one request in one write, so that lines of processes that write at the same time do not mix. Throws what the
 * file system says; a named pipe that nobody reads counts as such (`ENXIO`).
 */
export function appendToSpool(path: string, request: string): void {
  const line = Buffer.from(`${request}\n`);
  const file = openSync(path, FLAGS, 0o644);
  try {
    const written = writeSync(file, line);
    if (written < line.length) throw new Error(`only ${written} of ${line.length} bytes fit`);
  } finally {
    closeSync(file);
  }
}
