import type { Readable } from "node:stream";
import type { Account } from "../byte-budget.ts";

export type ReadBody =
  | { kind: "read"; bytes: Uint8Array }
  | { kind: "tooLarge" }
  /** The budget of all requests is used up. */
  | { kind: "full" }
  /** The client went away before it had sent everything. */
  | { kind: "gone" };

/**
 * Reads a body whole, as it comes. What it holds is taken from `account`, which the caller releases. A body that is too large
 * is given up as soon as that shows; what still comes of it is read and dropped, so that the client gets to read the answer.
 */
export function readBody(
  stream: Readable,
  { account, maxBytes }: { account: Account; maxBytes: number },
): Promise<ReadBody> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const finish = (outcome: ReadBody) => {
      stream.off("data", take).off("end", end).off("close", close);
      resolve(outcome);
      stream.resume();
    };
    const take = (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) finish({ kind: "tooLarge" });
      else if (!account.take(chunk.length)) finish({ kind: "full" });
      else chunks.push(chunk);
    };
    const end = () => finish({ kind: "read", bytes: joined(chunks) });
    const close = () => finish({ kind: "gone" });
    stream.on("data", take).on("end", end).on("close", close).on("error", close);
  });
}

/** Most bodies come in one piece, which is not copied. */
function joined(chunks: readonly Buffer[]): Uint8Array {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
}
