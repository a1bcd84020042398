/**
 * Files of volumes, seen from outside the container. A container owns what is in its volumes and may put symbolic links
 * there; what this program reads, writes or mounts on its behalf must not follow them out of the volume.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, sep } from "node:path";

export interface VolumePath {
  /** The volume's own directory, or file. */
  root: string;
  /** Where in it; empty for the root itself. */
  inside: string;
}

/** The real path, or undefined if it is not there or lies outside the volume. */
export function realPathWithin({ root, inside }: VolumePath): string | undefined {
  try {
    const realRoot = realpathSync.native(root);
    const real = realpathSync.native(join(root, inside));
    return real === realRoot || real.startsWith(realRoot + sep) ? real : undefined;
  } catch {
    return undefined;
  }
}

export type FileContent = { kind: "read"; content: Buffer } | { kind: "absent" } | { kind: "tooLarge" };

/** What the file holds. What is no ordinary file counts as absent. */
export function readWithin(path: VolumePath, maxBytes: number): FileContent {
  const real = realPathWithin(path);
  if (real === undefined) return { kind: "absent" };
  // A named pipe put there must not keep this program waiting for a writer.
  const descriptor = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return { kind: "absent" };
    return stat.size > maxBytes ? { kind: "tooLarge" } : { kind: "read", content: readFileSync(descriptor) };
  } finally {
    closeSync(descriptor);
  }
}

/** Makes the file anew, in a directory that is there. Answers its real path, or undefined if that lies outside the volume. */
export function writeWithin(path: VolumePath, content: string): string | undefined {
  const directory = realPathWithin({ root: path.root, inside: dirname(path.inside) });
  if (directory === undefined) return undefined;
  const file = join(directory, basename(path.inside));
  rmSync(file, { force: true });
  writeFileSync(file, content, { flag: "wx" });
  return file;
}

/**
 * Makes the directory and those on the way to it; everybody may write to what is new. Answers its real path, or undefined
 * if that lies outside the volume.
 */
export function makeDirectoryWithin({ root, inside }: VolumePath): string | undefined {
  let made = "";
  for (const part of inside.split(sep).filter((name) => name !== "" && name !== ".")) {
    const parent = realPathWithin({ root, inside: made });
    if (parent === undefined || part === "..") return undefined;
    made = join(made, part);
    if (realPathWithin({ root, inside: made }) === undefined) makeOpenDirectory(join(parent, part));
  }
  return realPathWithin({ root, inside });
}

/** A directory with its parents. Everybody may write to one that is new, whatever the umask says. */
export function makeOpenDirectory(path: string): void {
  if (mkdirSync(path, { recursive: true }) !== undefined) chmodSync(path, 0o777);
}
