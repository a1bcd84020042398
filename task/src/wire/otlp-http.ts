/** A request to an OTLP/HTTP endpoint (OTLP specification, "OTLP/HTTP Request"), and words for what became of it. */
import { readFileSync } from "node:fs";
import type { SecureContextOptions } from "node:tls";
import type { HttpDestination } from "./endpoint.ts";
import { type Post, post } from "./http-post.ts";

/** What is posted, and how long that may take. */
export interface OtlpRequest extends Omit<Post, "url" | "headers" | "identity"> {
  contentType: "application/json" | "application/x-protobuf";
}

/** Posts it and answers the status code. Rejects when there was no answer, or a certificate cannot be read: see {@link faultOf}. */
export async function postTo(to: HttpDestination, { contentType, ...request }: OtlpRequest): Promise<number> {
  const url = new URL(to.url);
  const headers = { ...to.headers, "content-type": contentType };
  return post({ ...request, url, headers, identity: url.protocol === "https:" ? identityOf(to) : {} });
}

/** Without user, password and query, which can hold secrets. */
export function placeOf({ url }: HttpDestination): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

/** What went wrong, in words that go behind the name of the place. */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!("code" in error)) return error.message;
  return error.code === "ECONNREFUSED" ? "connection refused" : String(error.code);
}

function identityOf({ tls }: HttpDestination): SecureContextOptions {
  return { ca: pem(tls.certificateFile), cert: pem(tls.clientCertificateFile), key: pem(tls.clientKeyFile) };
}

function pem(path: string | undefined): Buffer | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Error(`${path} cannot be read: ${faultOf(cause)}`, { cause });
  }
}
