/** Sends one OTLP/JSON request, once, within a bound: whoever waits for it is a step that has work to do. */
import { readFileSync } from "node:fs";
import type { SecureContextOptions } from "node:tls";
import type { Destination, HttpDestination } from "./endpoint.ts";
import { post } from "./http-post.ts";
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
    return `${place}: ${wordsOf(error)}`;
  }
}

async function send(
  body: string,
  { destination, timeoutMs }: { destination: HttpDestination; timeoutMs: number },
): Promise<string | undefined> {
  boundResolver();
  const headers = { ...destination.headers, "content-type": "application/json" };
  const url = new URL(destination.url);
  const identity = url.protocol === "https:" ? identityOf(destination) : {};
  const status = await post({ url, headers, body, identity, connectMs: CONNECT_MS, timeoutMs });
  return status >= 200 && status < 300 ? undefined : `${placeOf(destination)}: answered ${status}`;
}

/**
 * A process that ends waits for the resolver's thread, however long we ourselves wait. resolv.conf(5), "RES_OPTIONS": one second is
 * the least there is; otherwise a name server that is silent would cost five, twice, for each domain searched.
 */
function boundResolver(): void {
  process.env["RES_OPTIONS"] = `${process.env["RES_OPTIONS"] ?? ""} timeout:1 attempts:1`.trim();
}

function identityOf({ tls }: HttpDestination): SecureContextOptions {
  return { ca: pem(tls.certificateFile), cert: pem(tls.clientCertificateFile), key: pem(tls.clientKeyFile) };
}

function pem(path: string | undefined): Buffer | undefined {
  return path === undefined ? undefined : readFileSync(path);
}

/** Without user, password and query, which can hold secrets. */
function placeOf({ url }: HttpDestination): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!("code" in error)) return error.message;
  return error.code === "ECONNREFUSED" ? "connection refused" : String(error.code);
}
