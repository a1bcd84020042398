import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Pod, Stored, Volume } from "../../kube/index.ts";
import type { Node } from "./field-reference.ts";
import { type HostAccess, hiddenWithin, refusalOf } from "./host-access.ts";
import type { Cover, HostVolume } from "./mounts.ts";
import type { Places } from "./places.ts";
import { projectVolume, writeProjection } from "./projection.ts";
import { makeOpenDirectory } from "./safe-path.ts";
import type { Sources } from "./sources.ts";

export interface VolumeRequest {
  pod: Stored<Pod>;
  sources: Sources;
  /** Where the content of each claim is. */
  claims: ReadonlyMap<string, string>;
  node: Node;
  places: Places;
  access: HostAccess;
}

export type Volumes =
  | { kind: "made"; volumes: ReadonlyMap<string, HostVolume> }
  /** As Kubernetes words it in events of the reason `FailedMount`. */
  | { kind: "missing"; message: string }
  /** What the Pod will never get. */
  | { kind: "refused"; message: string };

/** Makes every volume of the Pod on this machine, or says what is missing for it. Made again, they are as they were. */
export function makeVolumes(request: VolumeRequest): Volumes {
  const volumes = new Map<string, HostVolume>();
  for (const volume of request.pod.spec.volumes ?? []) {
    const refusal = hostRefusal(volume, request);
    if (refusal !== undefined) return { kind: "refused", message: mountFailure(volume.name, refusal) };
    const made = makeVolume(volume, request);
    if (typeof made === "string") return { kind: "missing", message: mountFailure(volume.name, made) };
    volumes.set(volume.name, made);
  }
  return { kind: "made", volumes };
}

/** Why a volume that names a directory of this machine is not made. */
function hostRefusal(volume: Volume, { pod, claims, places, access }: VolumeRequest): string | undefined {
  if (volume.hostPath !== undefined) return refusalOf(volume.hostPath.path, access);
  const name = volume.persistentVolumeClaim?.claimName ?? "";
  const path = claims.get(name);
  const own = places.claim({ namespace: pod.metadata.namespace ?? "", name });
  return path === undefined || path === own ? undefined : refusalOf(path, access);
}

/** Brings files made of the Pod's own fields up to date (Kubernetes, "Downward API"). */
export function refreshDownwardVolumes(request: VolumeRequest): void {
  for (const volume of request.pod.spec.volumes ?? []) {
    if (volume.downwardAPI !== undefined || volume.projected !== undefined) makeVolume(volume, request);
  }
}

function mountFailure(volume: string, why: string): string {
  return `MountVolume.SetUp failed for volume "${volume}" : ${why}`;
}

/**
 * Of Tekton's own volumes: the entrypoint's program and credentials of the service account, neither of which there is here. One
 * directory does for all of them, and each that need not be made is a tenth of a millisecond.
 */
const STAYS_EMPTY = /^tekton-(?:internal-bin|creds-init-home-\d+)$/;

/** Answers what is missing, as a text. */
function makeVolume(volume: Volume, request: VolumeRequest): HostVolume | string {
  const { pod, claims, places } = request;
  if (volume.hostPath !== undefined) return hostVolume(volume.hostPath, request);
  if (volume.persistentVolumeClaim !== undefined) {
    const { claimName, readOnly } = volume.persistentVolumeClaim;
    const path = claims.get(claimName);
    if (path === undefined) return `persistentvolumeclaim "${claimName}" not found`;
    return openVolume({ path, isReadOnly: readOnly === true, covers: coversIn(path, request) });
  }
  if (volume.emptyDir !== undefined && STAYS_EMPTY.test(volume.name)) {
    mkdirSync(places.empty, { recursive: true });
    return { path: places.empty, isReadOnly: true };
  }
  const path = join(places.pod(pod.metadata.uid), "volumes", volume.name);
  // The API server makes an emptyDir of a volume without a source.
  const hasNoSource = Object.keys(volume).length === 1;
  if (volume.emptyDir !== undefined || hasNoSource) return openVolume({ path, isReadOnly: false });
  const projection = projectVolume({ volume, ...request });
  if (projection === undefined) return "this machine cannot mount volumes of this kind";
  if (projection.kind === "missing") return projection.message;
  mkdirSync(path, { recursive: true });
  writeProjection(path, projection.files);
  return { path, isReadOnly: true };
}

function openVolume(volume: HostVolume): HostVolume {
  makeOpenDirectory(volume.path);
  return volume;
}

function hostVolume(
  { path, type }: { path: string; type?: string },
  request: VolumeRequest,
): HostVolume | string {
  if (type === "DirectoryOrCreate") mkdirSync(path, { recursive: true });
  return existsSync(path)
    ? { path, isReadOnly: false, covers: coversIn(path, request) }
    : `hostPath type check failed: ${path} is not there on this machine`;
}

/** What lies over our own data, should they be in a directory of the user's. */
function coversIn(path: string, { places, access }: VolumeRequest): Cover[] {
  const hidden = hiddenWithin(path, access);
  if (hidden.length > 0) mkdirSync(places.empty, { recursive: true });
  return hidden.map((inside) => ({ inside, by: places.empty }));
}
