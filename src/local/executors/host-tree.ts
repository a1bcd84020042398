/**
 * What of this machine a sandbox shows: its programs, read-only, and nothing of its users.
 *
 * Programs live in the system's directories and wherever PATH points. Home directories, /run (with the sockets of container
 * engines), /tmp and /var are not there; what only root may read of /etc is covered, since the step may be root.
 */
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, delimiter, dirname, isAbsolute, normalize } from "node:path";

export interface HostTree {
  /** Directories of the host, bound read-only at the same place. */
  directories: readonly string[];
  /** Symbolic links at the root, as most systems have `/bin`. */
  links: readonly { path: string; target: string }[];
  /** Files and directories of the host which lie elsewhere, and which something in `directories` needs. */
  extras: readonly string[];
  /** What is covered by emptiness. */
  secrets: readonly { path: string; isDirectory: boolean }[];
  /** What a step finds its programs by. */
  path: string;
}

const SYSTEM = ["/usr", "/etc", "/opt", "/nix"];
const AT_ROOT = ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"];
const USUAL_PATH = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
/** Readable to root alone on common systems: passwords, host keys, a node's or a cluster's credentials. */
const SECRETS = [
  "/etc/shadow",
  "/etc/shadow-",
  "/etc/gshadow",
  "/etc/gshadow-",
  "/etc/sudoers",
  "/etc/sudoers.d",
  "/etc/ssl/private",
  "/etc/pki/private",
  "/etc/letsencrypt",
  "/etc/krb5.keytab",
  "/etc/kubernetes",
  "/etc/rancher",
  "/etc/docker",
  "/etc/wireguard",
  "/etc/NetworkManager",
];
/** Programs that only find others by way of a home directory (pyenv, asdf) or of the project npm was called in. */
const HOLLOW = new Set(["shims", ".bin", "node-gyp-bin"]);

/** Reads it once; a sandbox is started from it many times. */
export function readHostTree(path = process.env["PATH"] ?? ""): HostTree {
  const atRoot = AT_ROOT.filter((directory) => existsSync(directory));
  const links = atRoot.filter((directory) => lstatSync(directory).isSymbolicLink());
  const directories = [...SYSTEM, ...atRoot].filter(
    (directory) => existsSync(directory) && !links.includes(directory),
  );
  const system = [...directories, ...links];
  const entries = programDirectories(path, system);
  return {
    directories,
    links: links.map((link) => ({ path: link, target: readlinkSync(link) })),
    extras: [...new Set([...entries.map(({ bound }) => bound), ...nameResolution()])].filter(
      (entry) => !isWithinAny(entry, system),
    ),
    secrets: [...SECRETS.filter((secret) => existsSync(secret)), ...sshHostKeys()].map((secret) => ({
      path: secret,
      isDirectory: statSync(secret).isDirectory(),
    })),
    path: pathOf(entries),
  };
}

/** Beside them lies the configuration that ssh needs. */
function sshHostKeys(): string[] {
  if (!isReadableDirectory("/etc/ssh")) return [];
  const names = readdirSync("/etc/ssh").filter((name) => name.endsWith("_key"));
  return names.map((name) => `/etc/ssh/${name}`);
}

interface ProgramDirectory {
  /** As in PATH. */
  entry: string;
  /** What has to be bound for its programs to work. */
  bound: string;
}

function programDirectories(path: string, system: readonly string[]): ProgramDirectory[] {
  const entries = path.split(delimiter).filter(isAbsolute).map(trimmed);
  return [...new Set(entries)]
    .filter((entry) => !HOLLOW.has(basename(entry)) && isReadableDirectory(entry))
    .filter((entry) => !isWithin(homedir(), entry) && entry !== "/")
    .map((entry) => ({ entry, bound: isWithinAny(entry, system) ? entry : prefixOf(entry) }));
}

/**
 * An installation of its own (`~/.nvm/versions/node/v22/bin`) needs its libraries: everything beside `bin`. What lies next to
 * a `bin` directly in the home directory or at the root (`~/.local/bin`) is no such thing.
 */
function prefixOf(entry: string): string {
  const prefix = dirname(entry);
  const base = isWithin(entry, homedir()) ? homedir() : "/";
  const depth = prefix.slice(base.length).split("/").filter(Boolean).length;
  return basename(entry) === "bin" && depth >= 2 ? prefix : entry;
}

/** The system's programs before those of home directories, whose launchers often need what is hidden. */
function pathOf(entries: readonly ProgramDirectory[]): string {
  const isLoose = ({ entry, bound }: ProgramDirectory) => bound === entry && isWithin(entry, homedir());
  const firm = entries.filter((entry) => !isLoose(entry)).map(({ entry }) => entry);
  const loose = entries.filter(isLoose).map(({ entry }) => entry);
  return [...new Set([...firm, ...USUAL_PATH, ...loose])].join(":");
}

/** systemd-resolved keeps the real resolv.conf in /run. */
function nameResolution(): string[] {
  try {
    return [realpathSync("/etc/resolv.conf")];
  } catch {
    return [];
  }
}

/** Whether a normalised path is that directory or lies in it. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}

function isWithinAny(path: string, directories: readonly string[]): boolean {
  return directories.some((directory) => isWithin(path, directory));
}

function isReadableDirectory(path: string): boolean {
  try {
    accessSync(path, constants.R_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function trimmed(path: string): string {
  return normalize(path).replace(/(?<=.)\/+$/, "");
}
