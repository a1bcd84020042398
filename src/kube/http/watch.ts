import { ApiError, type WatchEvent, type WatchOptions } from "../api.ts";
import type { Kind } from "../kinds.ts";
import type { KubeObject } from "../object.ts";
import { errorOf, isObject, parseObject, positionOf, storedObject } from "./decode.ts";
import { lines } from "./lines.ts";
import { pathOf, watchQuery } from "./paths.ts";
import { type Call, type Transport, unreachable } from "./transport.ts";

/** etcd takes no object beyond 1.5 MB, an API server no request beyond 3 MB; JSON can be a few times that in escapes. */
const MOST_LINE_BYTES = 32 * 1024 * 1024;

/** A change as the API server sends it: a line of JSON for each (API concepts, "Efficient detection of changes"). */
export async function* watchOver<T extends KubeObject>(
  transport: Transport,
  kind: Kind<T>,
  { silenceMillis, ...options }: WatchOptions & { silenceMillis: number },
): AsyncGenerator<WatchEvent<T>> {
  const { namespace, signal } = options;
  const path = pathOf(kind, namespace) + watchQuery(options);
  const call: Call = { method: "GET", path, silenceMillis, signal };
  try {
    const response = await transport.send(call);
    for await (const line of lines(response, MOST_LINE_BYTES)) {
      const event = decodeEvent(line, kind);
      if (event !== undefined) yield event;
    }
  } catch (fault) {
    if (signal?.aborted) return;
    throw fault instanceof ApiError ? fault : unreachable(call, fault);
  }
}

/** `undefined` for what we do not know, as the API's rules for clients ask. */
function decodeEvent<T extends KubeObject>(line: string, kind: Kind<T>): WatchEvent<T> | undefined {
  const from = `watch of ${kind.plural}`;
  const { type, object } = parseObject(line, from);
  if (type === "ADDED" || type === "MODIFIED" || type === "DELETED") {
    return { type, object: storedObject(object, kind) };
  }
  if (type === "BOOKMARK" && isObject(object))
    return { type, resourceVersion: positionOf(object).resourceVersion };
  if (type === "ERROR") throw errorOf({ status: 500, body: JSON.stringify(object ?? {}), from });
  return undefined;
}
