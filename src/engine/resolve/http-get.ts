/** GET with bounds: size, time and redirects. */
import { withoutQuery } from "./password.ts";
import { ResolutionError } from "./resolution.ts";

/** A GET request. */
export interface HttpRequest {
  url: string;
  headers?: Readonly<Record<string, string>>;
  /** More than this is refused. */
  limitBytes: number;
}

/** Its answer, whole. */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  body: Buffer;
}

const MAX_REDIRECTS = 5;
/** `default-maximum-resolution-timeout` (docs/additional-configs.md). */
const TIMEOUT_MILLIS = 60_000;
/** The server had no time: a later attempt may be luckier. */
const TRANSIENT: readonly number[] = [429, 502, 503, 504];

/**
 * Gets what is at the URL, whatever the status.
 *
 * @throws ResolutionError when the server cannot be reached, or gives too much or too slowly.
 */
export async function httpGet(request: HttpRequest): Promise<HttpAnswer> {
  const signal = AbortSignal.timeout(TIMEOUT_MILLIS);
  let { url, headers } = request;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
    const response = await connect(url, { headers, signal });
    const target = redirectTarget(response, url);
    if (target === undefined) return answerOf(response, request);
    await response.body?.cancel();
    // Credentials are for the one they were given for.
    if (new URL(target).origin !== new URL(url).origin) headers = withoutAuthorization(headers);
    url = target;
  }
  throw new ResolutionError(`${withoutQuery(request.url)} redirects more than ${MAX_REDIRECTS} times`);
}

/** Gets a text that has to be there. */
export async function httpGetText(request: HttpRequest): Promise<string> {
  const { status, body } = await httpGet(request);
  if (status === 404) throw new ResolutionError(`requested URL '${withoutQuery(request.url)}' is not found`);
  if (status !== 200) throw statusError(request.url, status);
  return body.toString("utf8");
}

/** For an answer that is not the wanted thing. */
export function statusError(url: string, status: number): ResolutionError {
  return new ResolutionError(`${withoutQuery(url)} answered with status ${status}`, {
    isPermanent: !TRANSIENT.includes(status),
  });
}

async function connect(
  url: string,
  { headers, signal }: { headers?: Readonly<Record<string, string>>; signal: AbortSignal },
): Promise<Response> {
  try {
    return await fetch(url, { redirect: "manual", signal, ...(headers !== undefined && { headers }) });
  } catch (fault) {
    throw unreachable(url, fault);
  }
}

function unreachable(url: string, fault: unknown): ResolutionError {
  const next = "check the network, or give the definition as a file";
  return new ResolutionError(`cannot fetch ${withoutQuery(url)}: ${reasonOf(fault)}; ${next}`, {
    cause: fault,
  });
}

/** fetch keeps what really happened in the cause. */
function reasonOf(fault: unknown): string {
  if (!(fault instanceof Error)) return String(fault);
  const { cause } = fault;
  if (cause instanceof Error) return "code" in cause ? `${cause.code}` : cause.message;
  return fault.name === "TimeoutError" ? `no answer within ${TIMEOUT_MILLIS / 1000} s` : fault.message;
}

function redirectTarget(response: Response, from: string): string | undefined {
  const location = response.headers.get("location");
  if (response.status < 300 || response.status >= 400 || location === null) return undefined;
  const target = new URL(location, from);
  const isDowngrade = from.startsWith("https:") && target.protocol !== "https:";
  if (isDowngrade || !/^https?:$/.test(target.protocol))
    throw new ResolutionError(`${from} redirects to ${target.href}, which is not safe to follow`);
  return target.href;
}

function withoutAuthorization(headers: HttpRequest["headers"]): HttpRequest["headers"] {
  const kept = Object.entries(headers ?? {}).filter(([name]) => name.toLowerCase() !== "authorization");
  return Object.fromEntries(kept);
}

async function answerOf(response: Response, { url, limitBytes }: HttpRequest): Promise<HttpAnswer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > limitBytes) break;
      chunks.push(chunk);
    }
  } catch (fault) {
    throw unreachable(url, fault);
  }
  if (size > limitBytes)
    throw new ResolutionError(`response body of ${url} exceeds maximum allowed size of ${limitBytes} bytes`);
  return { status: response.status, headers: response.headers, body: Buffer.concat(chunks) };
}
