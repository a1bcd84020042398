import { posix } from "node:path";
import type { Container, VolumeMount } from "../../kube/index.ts";
import type { Mount } from "../executors/index.ts";
import { makeDirectoryWithin, realPathWithin, type VolumePath } from "./safe-path.ts";

/** A volume as it lies on this machine. */
export interface HostVolume {
  /** A directory, or a file. */
  path: string;
  isReadOnly: boolean;
  /** Parts of it that containers do not see. */
  covers?: readonly Cover[];
}

/** A directory in a volume, and the one that is seen in its place. */
export interface Cover {
  inside: string;
  by: string;
}

export type Mounts = { kind: "made"; mounts: Mount[] } | { kind: "missing"; message: string };

/** What a container sees of the Pod's volumes, in the order in which it has to be mounted. */
export function mountsOf(container: Container, volumes: ReadonlyMap<string, HostVolume>): Mounts {
  const mounts: Mount[] = [];
  for (const mount of container.volumeMounts ?? []) {
    const volume = volumes.get(mount.name);
    if (volume === undefined) return { kind: "missing", message: `volume "${mount.name}" not found` };
    const source = sourceOf(mount, volume);
    if (source === undefined) return { kind: "missing", message: unusableSubPath(container.name, mount) };
    const isReadOnly = volume.isReadOnly || mount.readOnly === true;
    const target = posix.resolve("/", mount.mountPath);
    mounts.push({ source, target, isReadOnly }, ...coversOf({ source, target }, volume));
  }
  return { kind: "made", mounts: mounts.sort((a, b) => depthOf(a.target) - depthOf(b.target)) };
}

function coversOf(mount: Pick<Mount, "source" | "target">, { path, covers = [] }: HostVolume): Mount[] {
  return covers
    .map(({ inside, by }) => ({ by, inside: posix.relative(mount.source, posix.join(path, inside)) }))
    .filter(({ inside }) => inside !== ".." && !inside.startsWith("../"))
    .map(({ by, inside }) => ({ source: by, target: posix.join(mount.target, inside), isReadOnly: true }));
}

function sourceOf({ subPath = "" }: VolumeMount, { path, isReadOnly }: HostVolume): string | undefined {
  if (subPath === "") return path;
  const within = { root: path, inside: subPath };
  return realPathWithin(within) ?? (isReadOnly ? undefined : makeDirectoryWithin(within));
}

function unusableSubPath(container: string, { name, subPath }: VolumeMount): string {
  return `failed to prepare subPath "${subPath ?? ""}" of volume "${name}" for container "${container}"`;
}

function depthOf(path: string): number {
  return path.split("/").filter((part) => part !== "").length;
}

/** Where a path of the container lies on this machine, or undefined if it is on no mount. */
export function hostPathOf(mounts: readonly Mount[], path: string): VolumePath | undefined {
  const absolute = posix.resolve("/", path);
  const mount = mounts.findLast(({ target }) => isUnder(absolute, target));
  return mount && { root: mount.source, inside: posix.relative(mount.target, absolute) };
}

function isUnder(path: string, directory: string): boolean {
  return directory === "/" || path === directory || path.startsWith(`${directory}/`);
}
