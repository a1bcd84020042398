/** A launch as a plain process: the host's paths, the host's programs, and the shell that the image would have had. */
import { closeSync, existsSync, mkdirSync, openSync, readSync } from "node:fs";
import { hostname } from "node:os";
import { isAbsolute, join } from "node:path";
import type { ContainerEnd, Launch } from "./executor.ts";
import { findProgram, type HostShells, isProgram, standInForSh } from "./host-programs.ts";
import { rewritePaths } from "./rewrite.ts";

/** What is spawned. */
export interface PlainCommand {
  kind: "command";
  argv: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd: string;
}

type Refusal = Extract<ContainerEnd, { kind: "notStarted" }>;

/**
 * The command for a container. `scratch`: a directory of its own, for HOME and temporary files. The program is looked up here,
 * because once spawned a missing program cannot be told from a missing interpreter or directory.
 */
export function plainCommand(of: {
  launch: Launch;
  scratch: string;
  shells: HostShells;
  /** What its processes are recognised by. */
  mark: { name: string; value: string };
}): PlainCommand | Refusal {
  const launch = inHostPaths(of.launch);
  const cwd = launch.workingDirectory ?? "/";
  const refusal = refuse(launch) ?? makeDirectory(cwd, launch);
  if (refusal !== undefined) return refusal;
  const env = { ...environmentOf(launch, of.scratch), [of.mark.name]: of.mark.value };
  const program = resolveProgram({ name: launch.argv[0] ?? "", cwd, path: env["PATH"] });
  if (typeof program !== "string") return program;
  const argv = withShellOfImage([program, ...launch.argv.slice(1)], standInForSh(launch.image, of.shells));
  return { kind: "command", argv, env, cwd };
}

function inHostPaths(launch: Launch): Launch {
  const rewrite = (text: string) => rewritePaths(text, launch.mounts);
  return {
    ...launch,
    argv: launch.argv.map(rewrite),
    env: Object.fromEntries(Object.entries(launch.env).map(([name, value]) => [name, rewrite(value)])),
    ...(launch.workingDirectory !== undefined && { workingDirectory: rewrite(launch.workingDirectory) }),
  };
}

/** What a plain process cannot be given. */
function refuse({ user, network }: Launch): Refusal | undefined {
  const own = { uid: process.getuid?.(), gid: process.getgid?.() };
  if (user !== undefined && (user.uid !== own.uid || (user.gid ?? own.gid) !== own.gid)) {
    return refusal(`the step asks for user ${user.uid}, and plain processes run as user ${own.uid}`);
  }
  if (network === "none")
    return refusal("the step is to have no network, and plain processes share the host's");
  return undefined;
}

/** Directories are made within mounts only: elsewhere they would stay behind on the host. */
function makeDirectory(cwd: string, { mounts }: Launch): Refusal | undefined {
  if (existsSync(cwd)) return undefined;
  if (!mounts.some(({ source }) => cwd.startsWith(`${source}/`))) {
    return refusal(`the working directory ${cwd} is not in a workspace or volume`);
  }
  mkdirSync(cwd, { recursive: true });
  return undefined;
}

function refusal(what: string): Refusal {
  const message = `${what}: use --executor sandbox or container`;
  return { kind: "notStarted", why: "executor", message };
}

function environmentOf(launch: Launch, scratch: string): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "/usr/local/bin:/usr/bin:/bin",
    HOME: scratch,
    TMPDIR: scratch,
    HOSTNAME: hostname(),
    ...launch.env,
  };
}

function resolveProgram(of: { name: string; cwd: string; path: string | undefined }): string | Refusal {
  if (!of.name.includes("/")) return findProgram(of.name, of.path) ?? cannotRun(of.name, "notFound");
  const file = isAbsolute(of.name) ? of.name : join(of.cwd, of.name);
  if (!isProgram(file)) return cannotRun(of.name, existsSync(file) ? "notExecutable" : "notFound");
  return file;
}

/** The program is not there, or cannot be run. */
export function cannotRun(name: string, why: "notFound" | "notExecutable"): Refusal {
  return {
    kind: "notStarted",
    why,
    message: `${name}: ${why === "notFound" ? "not found" : "not executable"}`,
  };
}

/** Starts `/bin/sh`, and scripts that ask for it, with the program that stands in for the image's. */
function withShellOfImage(argv: readonly string[], standIn: string | undefined): readonly string[] {
  const [file = "", ...rest] = argv;
  if (standIn === undefined) return argv;
  // busybox asks for the name of the applet; bash takes `sh` for a name of its own only as argv[0], which is not needed.
  const shell = standIn.endsWith("busybox") ? [standIn, "sh"] : [standIn];
  if (/^(?:\/usr)?\/bin\/sh$/.test(file)) return [...shell, ...rest];
  return /^#! ?(?:\/usr)?\/bin\/(?:env )?sh\s*$/.test(firstLine(file)) ? [...shell, ...argv] : argv;
}

const LONGEST_SHEBANG = 128;

function firstLine(file: string): string {
  const buffer = Buffer.alloc(LONGEST_SHEBANG);
  const descriptor = openSync(file, "r");
  try {
    const length = readSync(descriptor, buffer);
    return buffer.toString("latin1", 0, length).split("\n", 1)[0] ?? "";
  } catch {
    return "";
  } finally {
    closeSync(descriptor);
  }
}
