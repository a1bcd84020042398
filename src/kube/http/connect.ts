import { ApiError, type KubeApi } from "../api.ts";
import type { Kind } from "../kinds.ts";
import { type KubeObject, keyOf, type ObjectKey, type Stored } from "../object.ts";
import { parseObject, positionOf, storedObject } from "./decode.ts";
import type { KubeAccess } from "./kube-access.ts";
import { listQuery, pathOf } from "./paths.ts";
import { type Call, openTransport, textOf, unreachable } from "./transport.ts";
import { watchOver } from "./watch.ts";

export interface Patience {
  /** No byte of an answer for so long: the server is gone. */
  answerMillis: number;
  /** The same of a watch. API servers send a bookmark about every minute, however quiet it is. */
  watchMillis: number;
}

const DEFAULT_PATIENCE: Patience = { answerMillis: 60_000, watchMillis: 150_000 };

/** A Kubernetes API over HTTP. Nothing is sent before it is used. */
export function connectKubeApi(access: KubeAccess, patience: Partial<Patience> = {}): KubeApi {
  const { answerMillis, watchMillis } = { ...DEFAULT_PATIENCE, ...patience };
  const transport = openTransport(access);
  const ask = async (request: Omit<Call, "silenceMillis">) => {
    const call = { ...request, silenceMillis: answerMillis };
    try {
      return parseObject(await textOf(await transport.send(call)), `${call.method} ${call.path}`);
    } catch (fault) {
      throw fault instanceof ApiError ? fault : unreachable(call, fault);
    }
  };
  const write = async <T extends KubeObject>(
    kind: Kind<T>,
    { method, path, type = JSON_TYPE, value }: Writing,
  ): Promise<Stored<T>> => storedObject(await ask({ method, path, body: { type, value } }), kind);
  return {
    get: async (kind, key) => storedObject(await ask({ method: "GET", path: objectPath(kind, key) }), kind),
    list: async (kind, options = {}) => {
      const path = pathOf(kind, options.namespace) + listQuery(options);
      const { items, metadata } = await ask({ method: "GET", path });
      const values: unknown[] = Array.isArray(items) ? items : [];
      return { items: values.map((item) => storedObject(item, kind)), ...positionOf({ metadata }) };
    },
    watch: (kind, options) => watchOver(transport, kind, { ...options, silenceMillis: watchMillis }),
    create: (kind, value) =>
      write(kind, { method: "POST", path: pathOf(kind, value.metadata.namespace), value }),
    update: (kind, value) => write(kind, { method: "PUT", path: objectPath(kind, keyOf(value)), value }),
    updateStatus: (kind, value) =>
      write(kind, { method: "PUT", path: `${objectPath(kind, keyOf(value))}/status`, value }),
    patch: (kind, key, value, { subresource } = {}) => {
      const path = objectPath(kind, key) + (subresource === undefined ? "" : `/${subresource}`);
      return write(kind, { method: "PATCH", path, type: MERGE_PATCH_TYPE, value });
    },
    delete: async (kind, key, { uid, gracePeriodSeconds } = {}) => {
      const value = {
        apiVersion: "v1",
        kind: "DeleteOptions",
        propagationPolicy: "Background",
        gracePeriodSeconds,
        preconditions: uid === undefined ? undefined : { uid },
      };
      await ask({ method: "DELETE", path: objectPath(kind, key), body: { type: JSON_TYPE, value } });
    },
  };
}

const JSON_TYPE = "application/json";
const MERGE_PATCH_TYPE = "application/merge-patch+json";

interface Writing {
  method: "POST" | "PUT" | "PATCH";
  path: string;
  type?: string;
  value: unknown;
}

function objectPath(kind: Kind, { namespace, name }: ObjectKey): string {
  return `${pathOf(kind, namespace)}/${encodeURIComponent(name)}`;
}
