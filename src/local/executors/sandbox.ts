/**
 * The `sandbox` executor: bubblewrap gives a step a file system, processes and a host name of its own in about five
 * milliseconds. The host's programs are there read-only; everything else a step writes outside its mounts goes to memory and is
 * gone with it.
 *
 * bubblewrap starts an init process in a namespace of process ids, which starts the step. When the step ends, or bubblewrap, or
 * the process that holds the executor, the kernel kills that init, and with it whatever the namespace still contains: no step
 * can leave a process behind. Only while bubblewrap sets it up is the init not tied to it yet; the guard covers that.
 *
 * What it cannot tell: bubblewrap gives 128 + n as the exit code of a step that signal n ended, so that only signals sent from
 * here are reported as such.
 */
import { readFileSync } from "node:fs";
import { constants, setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { ContainerEnd, Executor, Launch, RunningContainer } from "./executor.ts";
import { Guard } from "./guard.ts";
import {
  type Launched,
  noCommand,
  recogniseSignal,
  launch as startLauncher,
  withoutThrowing,
} from "./launcher.ts";
import { cannotRun } from "./process-launch.ts";
import { groupPath, makeGroup, removeGroup, startInGroup } from "./process-limit.ts";
import {
  readSandboxBase,
  type SandboxBase,
  sandboxArguments,
  sandboxEnvironment,
} from "./sandbox-arguments.ts";
import { kill, newHolder } from "./strays.ts";

export interface SandboxOptions {
  /** `bwrap`, 0.5 or newer, with its path. */
  bubblewrap: string;
  /** Names what runs, for `killStrays`. */
  directory: string;
}

/** Reads what this machine has, once. */
export function sandboxExecutor({ bubblewrap, directory }: SandboxOptions): Executor {
  const holder = newHolder(directory);
  const base = readSandboxBase(holder);
  const { processLimit } = base;
  const directories = processLimit.kind === "group" ? groupPath(processLimit, "") : "";
  const guard = new Guard({ holder, directories });
  return {
    name: "sandbox",
    start: (launch) => withoutThrowing(() => startSandbox({ launch, bubblewrap, base, guard })),
    rewrite: (text) => text,
  };
}

function startSandbox(of: {
  launch: Launch;
  bubblewrap: string;
  base: SandboxBase;
  guard: Guard;
}): RunningContainer {
  const program = of.launch.argv[0];
  if (program === undefined) return noCommand(of.launch.image);
  const args = sandboxArguments(of.launch, of.base);
  of.guard.enter();
  const { processLimit: limit } = of.base;
  const group = limit.kind === "group" ? makeGroup(limit, of.launch.id) : undefined;
  const start = () =>
    startLauncher({
      file: of.bubblewrap,
      args,
      env: sandboxEnvironment(of.launch, of.base),
      isGroupLeader: true,
      hasStatus: true,
      complaints: ["bwrap: ", "setpriv: ", "prlimit: "],
      failureCodes: FAILURE_CODES,
      failureOf: (code, complaint) => failureOf({ code, complaint, program }),
    });
  const isGrouped = limit.kind === "group" && group !== undefined;
  const sandbox = new Sandbox(isGrouped ? startInGroup(limit, group, start) : start());
  void sandbox.ended.then(() => {
    if (group !== undefined) removeGroup(group);
    of.guard.leave();
  });
  return sandbox;
}

class Sandbox implements RunningContainer {
  readonly #launched: Launched;
  /** Process id of the container's init; undefined when there never was one. */
  readonly #init: Promise<number | undefined>;
  #isOver = false;
  readonly #sent = new Set<NodeJS.Signals>();
  readonly stdout;
  readonly stderr;
  readonly ended: Promise<ContainerEnd>;

  constructor(launched: Launched) {
    this.#launched = launched;
    this.stdout = launched.stdout;
    this.stderr = launched.stderr;
    this.#init = readInitPid(launched);
    this.ended = this.#end();
  }

  signal(signal: NodeJS.Signals): void {
    this.#sent.add(signal);
    void this.#signalMain(signal);
  }

  kill(): void {
    this.#sent.add("SIGKILL");
    void this.#init.then((init) => {
      if (this.#isOver) return;
      // The init first, for it is tied to bubblewrap only when it has set itself up.
      if (init !== undefined) killInit(init);
      if (this.#launched.pid !== undefined) kill(this.#launched.pid);
    });
  }

  async #end(): Promise<ContainerEnd> {
    const end = await this.#launched.exited;
    this.#isOver = true;
    const init = await this.#init;
    if (init !== undefined) await untilGone(init);
    return recogniseSignal(end, this.#sent);
  }

  /** The init ignores signals; the step is its first child, which appears a moment after the init. */
  async #signalMain(signal: NodeJS.Signals): Promise<void> {
    const init = await this.#init;
    while (init !== undefined && !this.#isOver) {
      const main = firstChildOf(init);
      if (main !== undefined) return kill(main, signal);
      await sleep(1);
    }
  }
}

/** bubblewrap begins its report with `{"child-pid": N}`. */
function readInitPid({ status, exited }: Launched): Promise<number | undefined> {
  if (status === undefined) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    let text = "";
    status.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      const found = /"child-pid":\s*(\d+)/.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    status.once("close", () => resolve(undefined));
    void exited.then(({ kind }) => kind === "notStarted" && resolve(undefined));
  });
}

function firstChildOf(pid: number): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ");
    return first === undefined || first === "" ? undefined : Number(first);
  } catch {
    return undefined;
  }
}

/**
 * The kernel lets an init go last. Its death follows bubblewrap's within microseconds; thousands of processes of a fork bomb,
 * or a hanging disk, may hold it up.
 */
const LONGEST_WAIT_MS = 10_000;

async function untilGone(pid: number): Promise<void> {
  const deadline = performance.now() + LONGEST_WAIT_MS;
  if (!isGone(pid)) killInit(pid);
  while (!isGone(pid) && performance.now() < deadline) await sleep(1);
}

/** Before thousands of processes of a fork bomb an init would wait seconds for its turn to die, and they would multiply. */
function killInit(pid: number): void {
  try {
    setPriority(pid, constants.priority.PRIORITY_HIGHEST);
  } catch {
    // Only root may, and it may have ended.
  }
  kill(pid);
}

/** A zombie has nothing left but a number that somebody has to collect. */
function isGone(pid: number): boolean {
  try {
    return /^\d+ \(.*\) [ZX]/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
}

/** bubblewrap exits with 1 when it cannot run the program; setpriv and prlimit with 127 or 126, as shells do. */
const FAILURE_CODES = [1, 126, 127];

function failureOf(of: { code: number; complaint: string; program: string }): ContainerEnd | undefined {
  if (!of.complaint.startsWith("bwrap: ")) {
    if (of.code === 1) return { kind: "notStarted", why: "executor", message: of.complaint };
    return cannotRun(of.program, of.code === 127 ? "notFound" : "notExecutable");
  }
  if (of.code !== 1) return undefined;
  const reason = /^bwrap: execvp .*: ([^:]+)$/s.exec(of.complaint)?.[1];
  if (reason === undefined) return { kind: "notStarted", why: "executor", message: of.complaint };
  const isMissing = reason === "No such file or directory" || reason === "Not a directory";
  return cannotRun(of.program, isMissing ? "notFound" : "notExecutable");
}
