import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Any object; the server gives it a `resourceVersion`. */
export interface KubeJson {
  kind: string;
  apiVersion: string;
  metadata: { name: string; namespace?: string };
}

/**
 * As much of a Kubernetes API as controllers that only watch need: paged lists and watches over HTTP, and a test that
 * decides what there is and how the server misbehaves.
 */
export interface KubeServerDouble {
  url: string;
  /** Adds or changes an object. */
  put(object: KubeJson): void;
  remove(object: KubeJson): void;
  /** Forgets the past: watches of what was before now are refused with 410. */
  compact(): void;
  /** Cuts every connection there is. */
  hangUp(): void;
  /** Every request so far, as `GET /path?query`. */
  requests: string[];
  /** Answers in place of the server where it answers true. */
  intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
  close(): Promise<void>;
}

interface Entry {
  version: number;
  type: "ADDED" | "MODIFIED" | "DELETED";
  object: KubeJson;
}

export async function startKubeServer(): Promise<KubeServerDouble> {
  const objects = new Map<string, KubeJson>();
  const log: Entry[] = [];
  const watchers = new Set<(entry: Entry) => void>();
  let version = 1;
  let oldest = 0;

  const record = (type: Entry["type"], object: KubeJson) => {
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(++version) } };
    const entry = { version, type, object: stored };
    log.push(entry);
    for (const watcher of watchers) watcher(entry);
    return stored;
  };

  const list = (url: URL, response: ServerResponse) => {
    const of = [...objects.values()].filter((object) => isServedAt(url, object));
    const start = Number(url.searchParams.get("continue") ?? 0);
    const end = start + Number(url.searchParams.get("limit") ?? of.length);
    const next = end < of.length ? String(end) : "";
    // Items of core kinds come without their kind, as from a real API server.
    const items = of.slice(start, end).map(({ kind: _, apiVersion: __, ...rest }) => rest);
    sendJson(response, 200, { items, metadata: { resourceVersion: String(version), continue: next } });
  };

  const watch = (url: URL, response: ServerResponse) => {
    const from = Number(url.searchParams.get("resourceVersion") ?? 0);
    if (from < oldest) return sendJson(response, 200, { type: "ERROR", object: status(410, "Expired") });
    response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
    const send = (entry: Entry) => {
      const { type, object } = entry;
      if (entry.version > from && isServedAt(url, object))
        response.write(`${JSON.stringify({ type, object })}\n`);
    };
    for (const entry of log) send(entry);
    watchers.add(send);
    response.on("close", () => watchers.delete(send));
  };

  const server = createServer((request, response) => {
    double.requests.push(`${request.method} ${request.url}`);
    if (double.intercept?.(request, response)) return;
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.searchParams.has("watch")) watch(url, response);
    else list(url, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const double: KubeServerDouble = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    put: (object) => {
      const isNew = !objects.has(keyOf(object));
      objects.set(keyOf(object), record(isNew ? "ADDED" : "MODIFIED", object));
    },
    remove: (object) => {
      const last = objects.get(keyOf(object)) ?? object;
      objects.delete(keyOf(object));
      record("DELETED", last);
    },
    compact: () => {
      oldest = version;
    },
    hangUp: () => server.closeAllConnections(),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return double;
}

/** A Status, as the API server fails (meta/v1). */
export function status(code: number, reason: string) {
  return { apiVersion: "v1", kind: "Status", status: "Failure", code, reason, message: `it is ${reason}` };
}

export function sendJson(response: ServerResponse, code: number, value: unknown): void {
  response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function keyOf({ kind, metadata: { namespace, name } }: KubeJson): string {
  return `${kind} ${namespace}/${name}`;
}

function isServedAt(url: URL, { kind, metadata }: KubeJson): boolean {
  const [, namespace, plural] = /(?:\/namespaces\/([^/]+))?\/([^/]+)$/.exec(url.pathname) ?? [];
  return `${kind.toLowerCase()}s` === plural && (namespace === undefined || namespace === metadata.namespace);
}
