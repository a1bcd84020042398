/**
 * How many processes a step may have, so that one that forks without end fails instead of the machine.
 *
 * An ordinary user's step gets a resource limit from within its sandbox, where the kernel counts the processes of that sandbox
 * alone: user_namespaces(7). The kernel exempts root from it, so that for root every step stands in a control group of its own,
 * where these are of version 1. Version 2 would cost five milliseconds a step, and who has it has systemd, whose `TasksMax`
 * bounds what its user starts.
 */
import { mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram } from "./host-programs.ts";

/** Processes and threads together; what podman allows a container. */
const MOST_PROCESSES = 2048;

export type ProcessLimit =
  | { kind: "resource"; prlimit: string }
  /** `parent`: where control groups are made; `prefix`: how their names begin. */
  | { kind: "group"; parent: string; prefix: string }
  | { kind: "none"; why: string };

/** What this machine offers. `name`: unlike that of any other holder of sandboxes. */
export function findProcessLimit({ isRoot, name }: { isRoot: boolean; name: string }): ProcessLimit {
  return isRoot ? groupLimit(name) : resourceLimit();
}

function resourceLimit(): ProcessLimit {
  const prlimit = findProgram("prlimit");
  return prlimit === undefined ? { kind: "none", why: "install prlimit" } : { kind: "resource", prlimit };
}

function groupLimit(name: string): ProcessLimit {
  const parent = parentOfGroups();
  const prefix = `throughline-${name}-`;
  const limit = { kind: "group", parent: parent ?? "", prefix } as const;
  const trial = parent === undefined ? undefined : makeGroup(limit, "trial");
  if (trial === undefined) return { kind: "none", why: "run as an ordinary user" };
  removeGroup(trial);
  process.once("exit", () => removeGroups(limit));
  return limit;
}

const CONTROL_GROUPS = "/sys/fs/cgroup/pids";

/** Where our own is. */
function parentOfGroups(): string | undefined {
  const own = /^\d+:pids:(\/.*)$/m.exec(readOr("/proc/self/cgroup", ""))?.[1];
  return own === undefined ? undefined : join(CONTROL_GROUPS, own);
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return otherwise;
  }
}

type GroupLimit = Extract<ProcessLimit, { kind: "group" }>;

/** The directory of the control group of a step. */
export function groupPath({ parent, prefix }: GroupLimit, id: string): string {
  return join(parent, `${prefix}${id}`);
}

/** Makes it; undefined where none can be made. */
export function makeGroup(limit: GroupLimit, id: string): string | undefined {
  const group = groupPath(limit, id);
  try {
    mkdirSync(group);
    writeFileSync(join(group, "pids.max"), String(MOST_PROCESSES), { flag: "r+" });
    return group;
  } catch {
    removeGroup(group);
    return undefined;
  }
}

/** A group in which somebody is still dying stays, and goes with the program. */
export function removeGroup(group: string): void {
  try {
    rmdirSync(group);
  } catch {
    // Not there, or not empty yet.
  }
}

function removeGroups({ parent, prefix }: GroupLimit): void {
  for (const name of readdirSync(parent)) if (name.startsWith(prefix)) removeGroup(join(parent, name));
}

/**
 * Starts something in a control group: what a thread starts is where the thread is, and a thread may go to another group in
 * microseconds, unlike a process.
 */
export function startInGroup<T>({ parent }: GroupLimit, group: string, start: () => T): T {
  enter(group);
  try {
    return start();
  } finally {
    enter(parent);
  }
}

/** The thread that writes 0 is the one that goes. A step matters more than its limit. */
function enter(group: string): void {
  try {
    writeFileSync(join(group, "tasks"), "0", { flag: "r+" });
  } catch {
    // The group is gone, or full.
  }
}

/** What runs a command with the resource limit; nothing where the limit in force is lower already. */
export function limitArguments(limit: ProcessLimit): string[] {
  if (limit.kind !== "resource") return [];
  const [, , hard] = /^(Max processes) +\S+ +(\d+)/m.exec(readOr("/proc/self/limits", "")) ?? [];
  if (hard !== undefined && Number(hard) <= MOST_PROCESSES) return [];
  return [limit.prlimit, `--nproc=${MOST_PROCESSES}`, "--"];
}
