/** Which of a server's ports. */
export type PortName = "ui" | "otlpHttp" | "otlpGrpc";

/** A server could not start. `why` is for whoever knows how ports and hosts were asked for. */
export class ServerStartError extends Error {
  override readonly name = "ServerStartError";
  readonly code = "server-start";
  readonly why: "addressInUse" | "notPermitted" | "noSuchAddress" | "needsToken";
  /** Absent where no port is to blame. */
  readonly port: PortName | undefined;

  constructor(why: ServerStartError["why"], message: string, options?: ErrorOptions & { port?: PortName }) {
    super(message, options);
    this.why = why;
    this.port = options?.port;
  }
}

/** The words of the operating system, which @grpc/grpc-js puts into a longer text. */
const REASONS = [
  { code: "EADDRINUSE", why: "addressInUse", words: "is in use" },
  { code: "EACCES", why: "notPermitted", words: "may not be used by this user" },
  { code: "EADDRNOTAVAIL", why: "noSuchAddress", words: "is no address of this machine" },
  { code: "ENOTFOUND", why: "noSuchAddress", words: "is no address of this machine" },
  // A name while there is no network, and IPv6 where it is switched off.
  { code: "EAI_AGAIN", why: "noSuchAddress", words: "cannot be looked up" },
  { code: "EAFNOSUPPORT", why: "noSuchAddress", words: "is of a kind this machine does not speak" },
] as const;

/** What a fault of listening on `address` means; the fault itself where it is none of those that are known. */
export function startErrorOf(
  fault: unknown,
  { address, port }: { address: string; port: PortName },
): unknown {
  const text = fault instanceof Error ? `${fault.message} ${"code" in fault ? fault.code : ""}` : "";
  const reason = REASONS.find(({ code }) => text.includes(code));
  if (reason === undefined) return fault;
  return new ServerStartError(reason.why, `${address} ${reason.words}`, { cause: fault, port });
}
