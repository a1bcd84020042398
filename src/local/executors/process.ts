/**
 * The `process` executor: plain processes of this machine, for macOS and for machines on which no sandbox works. Steps see the
 * host's file system, users and network; the paths at which a container would have its mounts are replaced by the host's
 * wherever they stand literally.
 */
import type { Executor, Launch, RunningContainer } from "./executor.ts";
import { Guard } from "./guard.ts";
import { type HostShells, hostShells } from "./host-programs.ts";
import {
  type Launched,
  neverStarted,
  noCommand,
  launch as startLauncher,
  withoutThrowing,
} from "./launcher.ts";
import { cannotRun, type PlainCommand, plainCommand } from "./process-launch.ts";
import { rewritePaths } from "./rewrite.ts";
import {
  endRemains,
  forgetContainer,
  type Holder,
  kill,
  makeScratch,
  markOf,
  newHolder,
  recordContainer,
  startOfProcess,
} from "./strays.ts";

export interface ProcessOptions {
  /** Where running containers are recorded, for `killStrays`. */
  directory: string;
  /** The program that makes a process die with the one that started it (Linux), where there is one. */
  setpriv: string | undefined;
}

interface Host extends ProcessOptions {
  shells: HostShells;
  holder: Holder;
  reaper: Reaper;
  guard: Guard;
}

export function processExecutor(options: ProcessOptions): Executor {
  const holder = newHolder(options.directory);
  const host = {
    ...options,
    shells: hostShells(),
    holder,
    reaper: new Reaper(),
    guard: new Guard({ holder }),
  };
  return {
    name: "process",
    start: (launch) => withoutThrowing(() => startProcess(launch, host)),
    rewrite: rewritePaths,
  };
}

function startProcess(launch: Launch, host: Host): RunningContainer {
  if (launch.argv.length === 0) return noCommand(launch.image);
  const scratch = makeScratch(host.directory, launch.id);
  const mark = markOf(host.holder, launch.id);
  const command = plainCommand({ launch, scratch, mark, shells: host.shells });
  if (command.kind === "notStarted") {
    forgetContainer(host.directory, launch.id);
    return neverStarted(command);
  }
  host.guard.enter();
  const launched = spawnPlain(command, host.setpriv);
  return follow({ launched, id: launch.id, mark: mark.value, host });
}

function spawnPlain({ argv, env, cwd }: PlainCommand, setpriv: string | undefined): Launched {
  const tied = setpriv === undefined ? argv : [setpriv, "--pdeathsig", "KILL", "--", ...argv];
  const [file = "", ...args] = tied;
  return startLauncher({
    file,
    args,
    env,
    cwd,
    isGroupLeader: true,
    hasStatus: false,
    complaints: ["setpriv: "],
    failureCodes: [126, 127],
    failureOf: (code) => cannotRun(argv[0] ?? "", code === 127 ? "notFound" : "notExecutable"),
  });
}

function follow(of: { launched: Launched; id: string; mark: string; host: Host }): RunningContainer {
  const { launched, id, host } = of;
  const { pid } = launched;
  let isOver = false;
  if (pid !== undefined) {
    recordContainer(host.directory, { id, kind: "process", pid, startedAt: startOfProcess(pid) });
  }
  const killGroup = () => {
    if (pid !== undefined) kill(-pid);
  };
  const ended = launched.exited.then(async (end) => {
    isOver = true;
    killGroup();
    await host.reaper.reap(of.mark);
    forgetContainer(host.directory, id);
    host.guard.leave();
    return end;
  });
  return {
    stdout: launched.stdout,
    stderr: launched.stderr,
    ended,
    signal: (signal) => {
      if (pid !== undefined && !isOver) kill(pid, signal);
    },
    kill: () => {
      if (!isOver) killGroup();
    },
  };
}

/** Looks for what is left of all containers that end in the same moment together, since a look costs milliseconds. */
class Reaper {
  #waiting: string[] = [];
  #next: Promise<void> | undefined;

  reap(mark: string): Promise<void> {
    this.#waiting.push(mark);
    this.#next ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      const marks = this.#waiting;
      this.#waiting = [];
      this.#next = undefined;
      return endRemains(marks);
    });
    return this.#next;
  }
}
