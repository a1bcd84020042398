/** `pods/log`: what a container has printed. */
import type { ServerResponse } from "node:http";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isJsonObject, objectAt } from "../json.ts";
import type { StoredObject } from "../objects.ts";
import { badRequest } from "../refusals.ts";

export interface PodLogRequest {
  namespace: string;
  pod: string;
  container: string;
  /** Goes on until the container has ended. */
  follow: boolean;
  /** Only so many lines of what there is. */
  tailLines?: number;
}

/** Answers undefined for a container that has printed nothing because it has not started. */
export type PodLogs = (request: PodLogRequest) => AsyncIterable<Buffer> | undefined;

export interface LogAnswer {
  pod: StoredObject;
  query: URLSearchParams;
  podLogs: PodLogs;
  /** Aborted when the answer is to end. */
  ended: AbortSignal;
}

/** Throws 400, in Kubernetes' words, where there is no such log. */
export async function respondWithLog(
  response: ServerResponse,
  { pod, query, podLogs, ended }: LogAnswer,
): Promise<void> {
  const { name, namespace = "" } = pod.metadata;
  const container = containerIn(pod, query.get("container"));
  if (query.get("previous") === "true")
    throw badRequest(`previous terminated container "${container}" in pod "${name}" not found`);
  const tailLines = lineCount(query.get("tailLines"));
  const follow = query.get("follow") === "true";
  const log = podLogs({
    namespace,
    pod: name,
    container,
    follow,
    ...(tailLines !== undefined && { tailLines }),
  });
  if (log === undefined)
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ContainerCreating`);
  response.writeHead(200, { "content-type": "text/plain" });
  response.flushHeaders();
  // A client that hangs up ends the reading; that is nobody's failure.
  await pipeline(Readable.from(log, { objectMode: false }), response, { signal: ended }).catch(() => {});
}

function containerIn(pod: StoredObject, asked: string | null): string {
  const spec = objectAt(pod, "spec");
  const names = (list: unknown) =>
    Array.isArray(list) ? list.filter(isJsonObject).map(({ name }) => String(name)) : [];
  const main = names(spec["containers"]);
  const all = [...main, ...names(spec["initContainers"])];
  const [only] = main;
  if (asked === null && only !== undefined && all.length === 1) return only;
  const { name } = pod.metadata;
  if (asked === null)
    throw badRequest(`a container name must be specified for pod ${name}, choose one of: [${all.join(" ")}]`);
  if (!all.includes(asked)) throw badRequest(`container ${asked} is not valid for pod ${name}`);
  return asked;
}

function lineCount(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw badRequest(`tailLines must be a number of lines: ${text}`);
  return Number(text);
}
