import { ParameterFault } from "./parameters.ts";

/**
 * Reads a trace id the way Jaeger does: hex of up to 32 digits in either case, leading zeros left out or not (64-bit ids
 * have 16), or base64 of its 8 or 16 bytes. Answers 32 lower-case hex digits; throws {@link ParameterFault} for anything else.
 */
export function traceIdOf(text: string, parameter: string): string {
  if (/^[0-9a-f]{1,32}$/i.test(text)) return text.toLowerCase().padStart(32, "0");
  const bytes = /^[\w+/-]{11,22}={0,2}$/.test(text) ? Buffer.from(text, "base64url") : Buffer.alloc(0);
  if (bytes.length === 8 || bytes.length === 16) return bytes.toString("hex").padStart(32, "0");
  throw new ParameterFault(parameter, "is not a trace id of up to 32 hex digits");
}
