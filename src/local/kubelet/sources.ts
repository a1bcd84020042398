import {
  type ConfigMap,
  type Container,
  CoreKind,
  isApiError,
  type Kind,
  type KubeApi,
  type KubeObject,
  type Pod,
  type Secret,
  type Stored,
  type Volume,
} from "../../kube/index.ts";

export type SourceKind = "configmap" | "secret";

/** The contents of the ConfigMaps and Secrets a Pod names, by key. */
export interface Sources {
  /** Undefined if there is no such object. */
  entries(kind: SourceKind, name: string): ReadonlyMap<string, Buffer> | undefined;
}

/** Reads every ConfigMap and Secret the Pod names, each once. */
export async function readSources(api: KubeApi, pod: Stored<Pod>): Promise<Sources> {
  const ids = new Set(sourceIdsOf(pod.spec));
  const namespace = pod.metadata.namespace ?? "";
  const contents = new Map(
    await Promise.all([...ids].map(async (id) => [id, await readSource(api, namespace, id)] as const)),
  );
  return { entries: (kind, name) => contents.get(sourceId(kind, name)) };
}

type SourceId = `${SourceKind}/${string}`;

function sourceId(kind: SourceKind, name: string): SourceId {
  return `${kind}/${name}`;
}

function sourceIdsOf({ volumes = [], initContainers = [], containers }: Pod["spec"]): SourceId[] {
  return [...volumes.flatMap(idsOfVolume), ...[...initContainers, ...containers].flatMap(idsOfContainer)];
}

function idsOfVolume({ configMap, secret, projected }: Volume): SourceId[] {
  const parts = projected?.sources ?? [];
  return [
    ...named("configmap", configMap?.name, ...parts.map((part) => part.configMap?.name)),
    ...named("secret", secret?.secretName, ...parts.map((part) => part.secret?.name)),
  ];
}

function idsOfContainer({ env = [], envFrom = [] }: Container): SourceId[] {
  return [
    ...named("configmap", ...env.map(({ valueFrom }) => valueFrom?.configMapKeyRef?.name)),
    ...named("configmap", ...envFrom.map(({ configMapRef }) => configMapRef?.name)),
    ...named("secret", ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name)),
    ...named("secret", ...envFrom.map(({ secretRef }) => secretRef?.name)),
  ];
}

function named(kind: SourceKind, ...names: (string | undefined)[]): SourceId[] {
  return names.filter((name) => name !== undefined).map((name) => sourceId(kind, name));
}

async function readSource(
  api: KubeApi,
  namespace: string,
  id: SourceId,
): Promise<ReadonlyMap<string, Buffer> | undefined> {
  const [kind, name = ""] = id.split("/");
  if (kind === "secret") {
    const secret = await getIfThere<Secret>(api, CoreKind.secret, { namespace, name });
    return secret && new Map(fromBase64(secret.data));
  }
  const configMap = await getIfThere<ConfigMap>(api, CoreKind.configMap, { namespace, name });
  return configMap && new Map([...fromText(configMap.data), ...fromBase64(configMap.binaryData)]);
}

async function getIfThere<T extends KubeObject>(
  api: KubeApi,
  kind: Kind<T>,
  key: { namespace: string; name: string },
): Promise<Stored<T> | undefined> {
  try {
    return await api.get(kind, key);
  } catch (fault) {
    if (isApiError(fault, 404)) return undefined;
    throw fault;
  }
}

type Entries = [string, Buffer][];

function fromText(data: Readonly<Record<string, string>> = {}): Entries {
  return Object.entries(data).map(([key, text]) => [key, Buffer.from(text)]);
}

function fromBase64(data: Readonly<Record<string, string>> = {}): Entries {
  return Object.entries(data).map(([key, text]) => [key, Buffer.from(text, "base64")]);
}
