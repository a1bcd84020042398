/**
 * Finds and ends what containers leave behind when their holder is killed, and plain processes whenever they end. Two traces
 * lead to it: a variable in the environment of everything that is started, which Linux shows in /proc and which a process does
 * not shake off by leaving its group; and a file for every plain process or engine's container that runs.
 */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const MARKER = "THROUGHLINE_CONTAINER";

/** An executor, as its containers name it. */
export interface Holder {
  /** Unlike that of any other executor. */
  name: string;
  /** Where it keeps records. */
  directory: string;
}

export function newHolder(directory: string): Holder {
  return { name: randomUUID(), directory: resolve(directory) };
}

/** The variable by which the processes of a container are recognised. */
export function markOf(holder: Holder, id: string): { name: string; value: string } {
  return { name: MARKER, value: `${id}${holderPattern(holder)}` };
}

/** What all marks of an executor have in common. */
export function holderPattern({ name, directory }: Holder): string {
  return `@${name}${directoryPattern(directory)}`;
}

function directoryPattern(directory: string): string {
  return `@${resolve(directory)}@`;
}

/** What has to be ended if its holder dies. */
export type ContainerRecord =
  | { id: string; kind: "process"; pid: number; startedAt: string | undefined }
  | { id: string; kind: "container"; engine: string; name: string };

/** A process without /proc (macOS) is known by its number alone. */
export function startOfProcess(pid: number): string | undefined {
  return statFields(pid)?.[START_TIME];
}

export function recordContainer(directory: string, record: ContainerRecord): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(fileOf(directory, record.id), JSON.stringify(record));
}

/** A directory for the container alone, until it is forgotten. */
export function makeScratch(directory: string, id: string): string {
  const scratch = scratchOf(directory, id);
  mkdirSync(scratch, { recursive: true });
  return scratch;
}

export function forgetContainer(directory: string, id: string): void {
  rmSync(scratchOf(directory, id), { recursive: true, force: true });
  rmSync(fileOf(directory, id), { force: true });
}

/**
 * Ends what the containers of executors with that directory left, because the process that held them was killed. For the start
 * of a program, before it starts containers of its own.
 */
export async function killStrays(directory: string): Promise<void> {
  const records = readRecords(directory);
  for (const record of records) endRecorded(record);
  const pattern = directoryPattern(directory);
  await endMarked((mark) => mark.endsWith(pattern));
  for (const { id } of records) forgetContainer(directory, id);
}

/** Ends what containers left that have just ended, given their marks; settles when nothing is left, or after two seconds. */
export async function endRemains(marks: readonly string[]): Promise<void> {
  const ended = new Set(marks);
  await endMarked((mark) => ended.has(mark));
}

/** A process that forks all the time is not caught by one look at all processes. */
const LONGEST_HUNT_MS = 2_000;

async function endMarked(isOurs: (mark: string) => boolean): Promise<void> {
  const deadline = performance.now() + LONGEST_HUNT_MS;
  for (let found = marked(isOurs); found.length > 0; found = marked(isOurs)) {
    for (const pid of found) kill(pid);
    if (performance.now() > deadline) return;
    await sleep(1);
  }
}

/** SIGKILL to a process, or with a negative number to a process group. */
export function kill(pid: number, signal: NodeJS.Signals = "SIGKILL"): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended first.
  }
}

function endRecorded(record: ContainerRecord): void {
  if (record.kind === "process") {
    const isSame = startOfProcess(record.pid) === record.startedAt;
    if (isSame) kill(-record.pid);
    return;
  }
  try {
    execFileSync(record.engine, ["rm", "--force", record.name], { stdio: "ignore" });
  } catch {
    // The engine does not know it any more.
  }
}

function readRecords(directory: string): ContainerRecord[] {
  return names(directory)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => join(directory, name))
    .flatMap((file) => {
      const record = parseRecord(readFileSync(file, "utf8"));
      // Cut short by the death of its writer, which then had not started anything yet.
      if (record === undefined) rmSync(file, { force: true });
      return record === undefined ? [] : [record];
    });
}

function parseRecord(text: string): ContainerRecord | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const SUFFIX = ".container.json";

function fileOf(directory: string, id: string): string {
  return join(directory, `${id}${SUFFIX}`);
}

function scratchOf(directory: string, id: string): string {
  return join(resolve(directory), `${id}.scratch`);
}

/** Running processes with such a mark in their environment; none where there is no /proc. */
function marked(isOurs: (mark: string) => boolean): number[] {
  return names("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => pid !== process.pid && isOurs(readMark(pid) ?? "") && !isZombie(pid));
}

function readMark(pid: number): string | undefined {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    return environment.find((entry) => entry.startsWith(`${MARKER}=`))?.slice(MARKER.length + 1);
  } catch {
    return undefined;
  }
}

function isZombie(pid: number): boolean {
  return statFields(pid)?.[STATE] === "Z";
}

/** Positions after the command name of proc_pid_stat(5), which begins at field 3. */
const STATE = 0;
const START_TIME = 19;

function statFields(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

function names(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
