import { readdirSync, readFileSync } from "node:fs";

/** What a process and all it started took of the machine while it was watched. Memory is resident, in bytes. */
export interface Watched {
  /** The highest of the samples. */
  peakRssBytes: number;
  /** Mean of the samples of the second half of the time, when things have settled. */
  settledRssBytes: number;
  /** The kernel's own high-water mark of the process itself (VmHWM), which misses nothing between samples. */
  highWaterBytes: number;
  /** Of all processors, user and system, in milliseconds. */
  cpuMs: number;
}

const EVERY_MS = 1_000;

/** Watches until it is stopped, which must be before the process ends. Linux only: reads /proc. */
export function watchProcess(pid: number): { stop: () => Watched } {
  const samples = [residentBytes(pid)];
  const cpuBefore = cpuMs(pid);
  const timer = setInterval(() => samples.push(residentBytes(pid)), EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      samples.push(residentBytes(pid));
      const settled = samples.slice(Math.floor(samples.length / 2));
      return {
        peakRssBytes: Math.max(...samples),
        settledRssBytes: Math.round(settled.reduce((sum, sample) => sum + sample, 0) / settled.length),
        highWaterBytes: statusBytes(pid, "VmHWM"),
        cpuMs: cpuMs(pid) - cpuBefore,
      };
    },
  };
}

function residentBytes(pid: number): number {
  return family(pid).reduce((sum, each) => sum + statusBytes(each, "VmRSS"), 0);
}

function statusBytes(pid: number, field: "VmRSS" | "VmHWM"): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0) * 1_024;
}

/** Linux counts the processor time of processes in hundredths of a second. */
const TICK_MS = 10;

function cpuMs(pid: number): number {
  return family(pid).reduce((sum, each) => sum + cpuTicks(each) * TICK_MS, 0);
}

/** Fields 14 and 15 of proc_pid_stat(5), counted behind the name, which may hold anything. */
function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13);
  return Number(user) + Number(system);
}

function family(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((task) => childrenOf(pid, task));
  return [pid, ...children.flatMap(family)];
}

/** A thread that has just ended has no children any more. */
function childrenOf(pid: number, task: string): number[] {
  try {
    const listed = readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim();
    return listed === "" ? [] : listed.split(" ").map(Number);
  } catch {
    return [];
  }
}
