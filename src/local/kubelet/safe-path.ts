/**
 * Files of volumes, seen from outside the container. A container owns what is in its volumes and may put symbolic links
 * there; what this program reads, writes or mounts on its behalf must not follow them out of the volume.
 *
 * A container may also put them there while this program is looking: where a path leads is settled once, then walked directory
 * by directory, each opened in the one before without following links (what openat(2) is for), and what is at its end is done
 * in the open directory.
 */
import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, sep } from "node:path";

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
  return (
    inDirectory({ root: path.root, real: dirname(real) }, (directory) =>
      readFile(join(directory, basename(real)), maxBytes),
    ) ?? { kind: "absent" }
  );
}

/** A named pipe put there must not keep this program waiting for a writer. */
const READ_ORDINARY = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

function readFile(file: string, maxBytes: number): FileContent {
  const descriptor = openSync(file, READ_ORDINARY);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return { kind: "absent" };
    return stat.size > maxBytes ? { kind: "tooLarge" } : { kind: "read", content: readFileSync(descriptor) };
  } finally {
    closeSync(descriptor);
  }
}

export type TakenFile =
  | { kind: "taken"; content: Buffer; isWhole: boolean }
  | { kind: "absent" }
  /** No ordinary file, or one this program may not read. */
  | { kind: "refused" };

/** Takes the file out of its volume: its first bytes, and whether those were all. What is no ordinary file stays where it is. */
export function takeWithin({ root, inside }: VolumePath, maxBytes: number): TakenFile {
  const real = realPathWithin({ root, inside: dirname(inside) });
  if (real === undefined) return { kind: "absent" };
  const taken = inDirectory({ root, real }, (directory) =>
    takeFile(join(directory, basename(inside)), maxBytes),
  );
  return taken ?? { kind: "absent" };
}

function takeFile(file: string, maxBytes: number): TakenFile {
  try {
    const taken = readHead(file, maxBytes);
    if (taken.kind === "taken") rmSync(file, { force: true });
    return taken;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === "ENOENT" ? { kind: "absent" } : { kind: "refused" };
  }
}

function readHead(file: string, maxBytes: number): TakenFile {
  const descriptor = openSync(file, READ_ORDINARY);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return { kind: "refused" };
    const content = Buffer.alloc(Math.min(stat.size, maxBytes));
    let length = 0;
    for (let read = -1; read !== 0 && length < content.length; length += read)
      read = readSync(descriptor, content, length, content.length - length, null);
    return { kind: "taken", content: content.subarray(0, length), isWhole: stat.size <= maxBytes };
  } finally {
    closeSync(descriptor);
  }
}

/** Makes the file anew, in a directory that is there. Answers whether it did: not if that lies outside the volume. */
export function writeWithin(path: VolumePath, content: string, mode?: number): boolean {
  const descriptor = createWithin(path);
  if (descriptor === undefined) return false;
  try {
    writeFileSync(descriptor, content);
    if (mode !== undefined) fchmodSync(descriptor, mode);
    return true;
  } finally {
    closeSync(descriptor);
  }
}

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** The same, empty and open for writing, for the caller to close. */
export function createWithin({ root, inside }: VolumePath): number | undefined {
  const real = realPathWithin({ root, inside: dirname(inside) });
  if (real === undefined) return undefined;
  return inDirectory({ root, real }, (directory) => {
    const file = join(directory, basename(inside));
    rmSync(file, { force: true });
    return openSync(file, NEW_FILE);
  });
}

/**
 * Makes the directory and those on the way to it; everybody may write to what is new. Answers its real path, or undefined
 * if that lies outside the volume.
 */
export function makeDirectoryWithin({ root, inside }: VolumePath): string | undefined {
  let made = "";
  for (const part of inside.split(sep).filter((name) => name !== "" && name !== ".")) {
    const real = realPathWithin({ root, inside: made });
    if (real === undefined || part === "..") return undefined;
    made = join(made, part);
    if (realPathWithin({ root, inside: made }) === undefined)
      inDirectory({ root, real }, (parent) => makeOpenDirectoryIn(parent, part));
  }
  return realPathWithin({ root, inside });
}

function makeOpenDirectoryIn(parent: string, name: string): void {
  // What is there although it leads nowhere within the volume, such as a link out of it, stays as it is.
  if (lstatSync(join(parent, name), { throwIfNoEntry: false }) !== undefined) return;
  mkdirSync(join(parent, name));
  const made = openDirectory(join(parent, name));
  try {
    fchmodSync(made, 0o777);
  } finally {
    closeSync(made);
  }
}

/** A directory with its parents. Everybody may write to one that is new, whatever the umask says. */
export function makeOpenDirectory(path: string): void {
  if (mkdirSync(path, { recursive: true }) !== undefined) chmodSync(path, 0o777);
}

/**
 * Does something in a directory of the volume, given the path that leads to the open directory itself. Undefined if it is no
 * longer what it was when its real path was looked up.
 */
function inDirectory<T>(
  { root, real }: { root: string; real: string },
  work: (directory: string) => T,
): T | undefined {
  // Other systems have no sandbox, and no such paths: nothing there keeps a step from what this program may do.
  if (process.platform !== "linux") return work(real);
  const descriptor = openWithin(root, real);
  if (descriptor === undefined) return undefined;
  try {
    return work(pathOf(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function openWithin(root: string, real: string): number | undefined {
  const realRoot = realpathSync.native(root);
  const inside = relative(realRoot, real);
  // The volume is a single file, or what was looked up belonged to another root.
  if (inside.startsWith("..")) return real === dirname(realRoot) ? openDirectory(real) : undefined;
  let descriptor = openDirectory(realRoot);
  for (const part of inside.split(sep).filter((name) => name !== "")) {
    const outer = descriptor;
    try {
      descriptor = openDirectory(join(pathOf(outer), part));
    } catch (fault) {
      if (isSwapped(fault)) return undefined;
      throw fault;
    } finally {
      closeSync(outer);
    }
  }
  return descriptor;
}

function openDirectory(path: string): number {
  return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

/** It was a directory a moment ago. */
function isSwapped(fault: unknown): boolean {
  return ["ELOOP", "ENOTDIR", "ENOENT"].includes((fault as NodeJS.ErrnoException).code ?? "");
}

function pathOf(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}
