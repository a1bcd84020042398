import { rm } from "node:fs/promises";
import {
  CoreKind,
  isApiError,
  type KubeApi,
  type ObjectKey,
  type PersistentVolumeClaim,
  type Pod,
  type Stored,
} from "../../kube/index.ts";
import { DIRECTORY_ANNOTATION } from "../directory-claim.ts";
import type { Places } from "./places.ts";

export interface FoundClaims {
  /** Where the content of each claim is, by the claim's name. */
  directories: ReadonlyMap<string, string>;
  /** The first claim that is not there. */
  missing?: string;
}

/** The claims a Pod mounts. A claim has a directory of its own, unless it names one of this machine. */
export async function findClaims(
  pod: Stored<Pod>,
  { api, places }: { api: KubeApi; places: Places },
): Promise<FoundClaims> {
  const namespace = pod.metadata.namespace ?? "";
  const directories = new Map<string, string>();
  for (const { persistentVolumeClaim } of pod.spec.volumes ?? []) {
    if (persistentVolumeClaim === undefined) continue;
    const key = { namespace, name: persistentVolumeClaim.claimName };
    const claim = await getClaim(api, key);
    if (claim === undefined) return { directories, missing: key.name };
    directories.set(key.name, claim.metadata.annotations?.[DIRECTORY_ANNOTATION] ?? places.claim(key));
  }
  return { directories };
}

async function getClaim(api: KubeApi, key: ObjectKey): Promise<Stored<PersistentVolumeClaim> | undefined> {
  try {
    return await api.get(CoreKind.claim, key);
  } catch (fault) {
    if (isApiError(fault, 404)) return undefined;
    throw fault;
  }
}

/** Removes what was made for a claim that is gone; a directory it only named stays. */
export async function removeClaim(key: ObjectKey, places: Places): Promise<void> {
  await rm(places.claim(key), { recursive: true, force: true, maxRetries: 3 });
}
