/** What bubblewrap is told: the file system, the namespaces and the rights of one container. */
import { lstatSync, readdirSync, readlinkSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { Launch, Mount } from "./executor.ts";
import { type HostShells, hostShells, standInForSh } from "./host-programs.ts";
import { type HostTree, isWithin, readHostTree } from "./host-tree.ts";
import { shellOfImage } from "./images.ts";
import { findProcessLimit, limitArguments, type ProcessLimit } from "./process-limit.ts";
import { type Holder, markOf } from "./strays.ts";

/** What is the same for all containers of this machine, read once. */
export interface SandboxBase {
  tree: HostTree;
  shells: HostShells;
  /** Marks bubblewrap's own processes. */
  holder: Holder;
  /** Being root, bubblewrap leaves the step all capabilities unless told otherwise. */
  isRoot: boolean;
  /** Keeps a step that forks without end from taking the machine with it. */
  processLimit: ProcessLimit;
}

export function readSandboxBase(holder: Holder): SandboxBase {
  const isRoot = process.getuid?.() === 0;
  return {
    holder,
    tree: readHostTree(),
    shells: hostShells(),
    isRoot,
    processLimit: findProcessLimit({ isRoot, name: holder.name }),
  };
}

/** The file descriptor on which bubblewrap tells the container's process id. */
const STATUS_FD = 3;

/** Hangs on to the process that started it, and sees no other process. The launcher has made a session of its own for it. */
const NAMESPACES = [
  ...["--die-with-parent", "--unshare-pid", "--unshare-ipc", "--unshare-uts"],
  ...["--json-status-fd", String(STATUS_FD)],
];

/**
 * What a container engine leaves root by default, without what opens the host: with CAP_SYS_ADMIN a step could remount /usr for
 * writing, with CAP_MKNOD make a device of the disk.
 */
const CAPABILITIES = [
  ...["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP"],
  ...["NET_BIND_SERVICE", "SYS_CHROOT", "SETFCAP", "AUDIT_WRITE"],
];
const RIGHTS_OF_ROOT = ["--cap-drop", "ALL", ...CAPABILITIES.flatMap((name) => ["--cap-add", `CAP_${name}`])];

/** Where programs stand that the image has and the host lacks; before all else in PATH. */
const IMAGE_PROGRAMS = "/run/throughline";

/** The loader takes these for bubblewrap itself unless they are set by it. */
const LOADER_VARIABLE = /^(?:LD_|GLIBC_TUNABLES$)/;

/** The command line after `bwrap`. */
export function sandboxArguments(launch: Launch, base: SandboxBase): string[] {
  const workingDirectory = launch.workingDirectory ?? "/";
  return [
    ...NAMESPACES,
    ...(launch.network === "none" ? ["--unshare-net"] : []),
    ...["--hostname", hostname(launch)],
    ...rootArguments(base, placesIn(launch)),
    ...shellArguments(launch.image, base.shells),
    ...launch.mounts.flatMap(mountArguments),
    ...[...ancestorsOf(workingDirectory), workingDirectory].flatMap(makeDirectory),
    ...["--chdir", workingDirectory],
    ...Object.entries(launch.env)
      .filter(([name]) => LOADER_VARIABLE.test(name))
      .flatMap(([name, value]) => ["--setenv", name, value]),
    ...["--unsetenv", markOf(base.holder, launch.id).name],
    ...(base.isRoot ? RIGHTS_OF_ROOT : []),
    ...asUser(launch, base.isRoot),
    ...limitArguments(base.processLimit),
    ...launch.argv,
  ];
}

/**
 * The environment of bubblewrap, which becomes that of the step except for the mark: should the holder be killed in the few
 * milliseconds in which bubblewrap's processes are not tied to each other yet, they are found by it.
 */
export function sandboxEnvironment(launch: Launch, base: SandboxBase): Record<string, string> {
  const hasAsh = needsAsh(launch.image, base.shells);
  const given = Object.entries(launch.env).filter(([name]) => !LOADER_VARIABLE.test(name));
  const mark = markOf(base.holder, launch.id);
  return {
    PATH: hasAsh ? `${IMAGE_PROGRAMS}:${base.tree.path}` : base.tree.path,
    HOME: base.isRoot && (launch.user?.uid ?? 0) !== 0 ? "/tmp" : "/root",
    HOSTNAME: hostname(launch),
    ...Object.fromEntries(given),
    [mark.name]: mark.value,
  };
}

/** sethostname(2) takes 64 bytes; Kubernetes cuts the names of pods at 63. */
function hostname(launch: Launch): string {
  return (launch.env["HOSTNAME"] ?? launch.id).slice(0, 63) || "localhost";
}

/** Paths that have to exist or be made, in the order in which this is done. */
function placesIn({ mounts, workingDirectory }: Launch): string[] {
  const targets = mounts.map(({ target }) => normalize(target));
  return workingDirectory === undefined ? targets : [...targets, normalize(workingDirectory)];
}

function rootArguments({ tree, isRoot }: SandboxBase, places: readonly string[]): string[] {
  const opened = directoriesToOpen(tree.directories, places);
  return [
    ...tree.directories.flatMap((directory) => showDirectory(directory, opened)),
    ...tree.links.flatMap(({ path, target }) => ["--symlink", target, path]),
    ...(isRoot ? tree.secrets.flatMap(cover) : []),
    ...["--proc", "/proc", "--dev", "/dev"],
    ...(isRoot ? kernelSettings().flatMap((path) => ["--ro-bind", path, path]) : []),
    ...["/tmp", "/var/tmp"].flatMap((path) => ["--perms", "1777", "--tmpfs", path]),
    ...["/run", "/root"].flatMap((path) => ["--tmpfs", path]),
    ...["--symlink", "../run", "/var/run"],
    ...tree.extras.flatMap((path) => ["--ro-bind", path, path]),
  ];
}

/**
 * Settings of the kernel that root may write by the mode of their files alone, without any capability: with
 * `kernel.core_pattern` a step could have the host start a program of its choice. bubblewrap leaves /proc/sys as it is, because
 * the directory itself looks read-only. These are what container engines close too.
 */
function kernelSettings(): string[] {
  return ["sys", "fs", "acpi", "scsi", "mtrr", "asound"].map((name) => `/proc/${name}`).filter(exists);
}

function cover({ path, isDirectory }: { path: string; isDirectory: boolean }): string[] {
  return isDirectory ? ["--tmpfs", path] : ["--ro-bind", "/dev/null", path];
}

/**
 * Directories of the host in which a place is needed that is not there: `/etc/config` cannot be made in a read-only /etc.
 * They are taken apart: an empty directory with everything bound into it one by one.
 */
function directoriesToOpen(trees: readonly string[], places: readonly string[]): ReadonlySet<string> {
  const opened = new Set<string>();
  places.forEach((path, index) => {
    const tree = trees.find((directory) => path !== directory && isWithin(path, directory));
    const isCovered = places.slice(0, index).some((earlier) => isWithin(path, earlier));
    if (tree === undefined || isCovered || exists(path)) return;
    for (let at = dirname(path); isWithin(at, tree); at = dirname(at)) opened.add(at);
  });
  return opened;
}

function showDirectory(directory: string, opened: ReadonlySet<string>): string[] {
  if (!opened.has(directory)) return ["--ro-bind", directory, directory];
  if (!exists(directory)) return ["--dir", directory];
  const entries = readdirSync(directory, { withFileTypes: true });
  return ["--dir", directory].concat(
    ...entries.map((entry) => {
      const path = join(directory, entry.name);
      if (entry.isSymbolicLink()) return ["--symlink", readlinkSync(path), path];
      return entry.isDirectory() ? showDirectory(path, opened) : ["--ro-bind", path, path];
    }),
  );
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/**
 * The `sh` of the image in place of the host's. It is put over the program that `/bin/sh` links to: over dash nobody misses
 * it, while over bash the image's bash would be gone, and bash takes all that ash takes.
 */
function shellArguments(image: string, shells: HostShells): string[] {
  const ash = needsAsh(image, shells) ? ["--symlink", shells.busybox, `${IMAGE_PROGRAMS}/ash`] : [];
  const standIn = standInForSh(image, shells);
  const sh = standIn === undefined ? [] : ["--ro-bind", standIn, shells.sh];
  return [...ash, ...sh].filter((argument) => argument !== undefined);
}

function needsAsh(image: string, shells: HostShells): boolean {
  return shells.busybox !== undefined && shellOfImage(image) === "ash";
}

function mountArguments({ source, target, isReadOnly }: Mount): string[] {
  const above = ancestorsOf(normalize(target)).flatMap(makeDirectory);
  return [...above, isReadOnly ? "--ro-bind" : "--bind", source, target];
}

/** What bubblewrap makes on the way to a target on its own accord is closed to other users. */
function makeDirectory(path: string): string[] {
  return path === "/" ? [] : ["--dir", path];
}

/** `/a`, `/a/b` for `/a/b/c`. */
function ancestorsOf(path: string): string[] {
  const above = dirname(path);
  return above === "/" || above === path ? [] : [...ancestorsOf(above), above];
}

/**
 * Root becomes the other user within the sandbox, whose files root has mounted. Everyone else can only be called by another
 * number: what the step writes belongs to who started it.
 */
function asUser({ user }: Launch, isRoot: boolean): string[] {
  if (user === undefined) return ["--"];
  const { uid, gid = 0 } = user;
  if (!isRoot) return ["--unshare-user", "--uid", String(uid), "--gid", String(gid), "--"];
  if (uid === 0 && gid === 0) return ["--"];
  return ["--", "setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--"];
}
