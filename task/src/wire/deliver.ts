/** Sends one OTLP/JSON request, once, within a bound: whoever waits for it is a step that has work to do. */
import type { Destination, HttpDestination } from "./endpoint.ts";
import { faultOf, placeOf, postTo } from "./otlp-http.ts";
import { appendToSpool } from "./spool.ts";

/** A collector that is there answers a connection at once, wherever in the cluster it is. */
const CONNECT_MS = 250;

/**
 * Delivers the request to the spool or the endpoint. Answers why it was not taken, in a few words that name the place,
 * or nothing when it was. Never throws; settles within `timeoutMs`.
 */
export async function deliver(
  request: string,
  { destination, timeoutMs }: { destination: Destination; timeoutMs: number },
): Promise<string | undefined> {
  if (destination.kind === "off") return undefined;
  if (destination.kind === "unclear") return destination.reason;
  try {
    if (destination.kind === "http") return await send(request, { destination, timeoutMs });
    appendToSpool(destination.path, request);
    return undefined;
  } catch (error) {
    const place = destination.kind === "http" ? placeOf(destination) : destination.path;
    return `${place}: ${faultOf(error)}`;
  }
}

/** Has Node load what {@link deliver} will need, for whoever has time now and none then. */
export function prepareDelivery({ kind }: Destination): void {
  if (kind === "http") process.getBuiltinModule("node:net");
}

async function send(
  body: string,
  { destination, timeoutMs }: { destination: HttpDestination; timeoutMs: number },
): Promise<string | undefined> {
  boundResolver();
  const request = { contentType: "application/json", body, connectMs: CONNECT_MS, timeoutMs } as const;
  const status = await postTo(destination, request);
  return status >= 200 && status < 300 ? undefined : `${placeOf(destination)}: answered ${status}`;
}

/**
 * A process that ends waits for the resolver's thread, however long we ourselves wait. resolv.conf(5), "RES_OPTIONS": one second is
 * the least there is; otherwise a name server that is silent would cost five, twice, for each domain searched.
 */
function boundResolver(): void {
  process.env["RES_OPTIONS"] = `${process.env["RES_OPTIONS"] ?? ""} timeout:1 attempts:1`.trim();
}
