import { closeSync, openSync, readSync } from "node:fs";

/** So many random bytes as hex digits, read from the kernel: to load `node:crypto` would cost a start some 3 ms. */
export function randomHex(bytes: number): string {
  return fromKernel(bytes) ?? process.getBuiltinModule("node:crypto").randomBytes(bytes).toString("hex");
}

/** An id of a span: 16 hex digits, never all zero (W3C Trace Context, "parent-id"). */
export function newSpanId(): string {
  return randomHex(8).replace(/^0+$/, "0000000000000001");
}

/** An id of a trace: 32 hex digits, never all zero (W3C Trace Context, "trace-id"). */
export function newTraceId(): string {
  return randomHex(16).replace(/^0+$/, "00000000000000000000000000000001");
}

/** Nothing where there is no /dev. */
function fromKernel(bytes: number): string | undefined {
  try {
    const source = openSync("/dev/urandom", "r");
    const buffer = Buffer.alloc(bytes);
    const read = readSync(source, buffer);
    closeSync(source);
    return read === bytes ? buffer.toString("hex") : undefined;
  } catch {
    return undefined;
  }
}
