/** Starts the process that becomes a container, and says how it ended. All executors share it. */
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { Readable } from "node:stream";
import { ComplaintFilter } from "./complaint.ts";
import type { ContainerEnd, RunningContainer } from "./executor.ts";
import { closeWriter, type OutputPipe, openPipe } from "./pipes.ts";

/** A command that runs a program for us. */
export interface Launcher {
  file: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  cwd?: string;
  /** Leads a process group of its own. */
  isGroupLeader: boolean;
  /** Writes about the container to file descriptor 3. */
  hasStatus: boolean;
  /** How its own messages on stderr begin. */
  complaints: readonly string[];
  /** Exit codes by which it may mean that it could not run the program. */
  failureCodes: readonly number[];
  /** What one of these means, when `complaint` is all that was said; undefined: it came from the program. */
  failureOf(code: number, complaint: string): ContainerEnd | undefined;
}

export interface Launched {
  /** None when there is no such process: `exited` says why. */
  pid: number | undefined;
  stdout: Readable;
  stderr: Readable;
  /** What comes from file descriptor 3. */
  status: Readable | undefined;
  /** How the launcher ended; something of the container may be left. Never rejects. */
  exited: Promise<ContainerEnd>;
}

/** Starts it without standard input. Never throws: what cannot be started has exited. */
export function launch(launcher: Launcher): Launched {
  const pipes: OutputPipe[] = [];
  try {
    pipes.push(openPipe(), openPipe());
    return launchInto(launcher, pipes);
  } catch (cause) {
    for (const { reader } of pipes) reader.destroy();
    return notLaunched(`${launcher.file} could not be started: ${String(cause)}`);
  } finally {
    for (const pipe of pipes) closeWriter(pipe);
  }
}

/** What `start` promises: a fault on the way to a container is how the container ended. */
export function withoutThrowing(start: () => RunningContainer): RunningContainer {
  try {
    return start();
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    return neverStarted({ kind: "notStarted", why: "executor", message });
  }
}

/** For a container without a program. */
export function noCommand(image: string): RunningContainer {
  const message = `no command, and what image ${image} would run is not known: give it a command`;
  return neverStarted({ kind: "notStarted", why: "notFound", message });
}

/** A container that has ended before it began. */
export function neverStarted(end: ContainerEnd): RunningContainer {
  return {
    stdout: Readable.from([]),
    stderr: Readable.from([]),
    ended: Promise.resolve(end),
    signal: () => undefined,
    kill: () => undefined,
  };
}

/** The end of a container whose launcher says 128 + n for a program that signal n ended, given the signals sent to it. */
export function recogniseSignal(end: ContainerEnd, sent: ReadonlySet<NodeJS.Signals>): ContainerEnd {
  if (end.kind !== "exited") return end;
  const signal = [...sent].find((name) => end.code === 128 + constants.signals[name]);
  return signal === undefined ? end : { kind: "signalled", signal };
}

function launchInto(launcher: Launcher, [stdout, stderr]: readonly OutputPipe[]): Launched {
  if (stdout === undefined || stderr === undefined) throw new Error("no pipes");
  const child = spawn(launcher.file, launcher.args, {
    env: launcher.env,
    cwd: launcher.cwd,
    detached: launcher.isGroupLeader,
    stdio: ["ignore", stdout.writer, stderr.writer, ...(launcher.hasStatus ? (["pipe"] as const) : [])],
  });
  let report: (isReported: boolean) => void = () => undefined;
  const isReported = new Promise<boolean>((resolve) => {
    report = resolve;
  });
  const filter = new ComplaintFilter({ openings: launcher.complaints, isReported });
  stderr.reader.pipe(filter);
  const exited = endOf(child).then((end) => explain({ end, launcher, filter }));
  void exited.then((end) => report(end.kind === "notStarted"));
  const status = child.stdio[3];
  return {
    pid: child.pid,
    stdout: stdout.reader,
    stderr: filter,
    status: status instanceof Readable ? status : undefined,
    exited,
  };
}

/** Separates "the launcher could not" from "the program said no", which share their exit codes. */
async function explain(of: {
  end: ContainerEnd;
  launcher: Launcher;
  filter: ComplaintFilter;
}): Promise<ContainerEnd> {
  if (of.end.kind !== "exited" || !of.launcher.failureCodes.includes(of.end.code)) return of.end;
  const complaint = await of.filter.complaint;
  if (complaint === undefined) return of.end;
  return of.launcher.failureOf(of.end.code, complaint.trim()) ?? of.end;
}

function endOf(child: ChildProcess): Promise<ContainerEnd> {
  return new Promise((resolve) => {
    child.once("exit", (code, signal) =>
      resolve(signal === null ? { kind: "exited", code: code ?? 0 } : { kind: "signalled", signal }),
    );
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (child.pid === undefined) resolve(startFailure(child.spawnfile, error));
    });
  });
}

function startFailure(file: string, { code, message }: NodeJS.ErrnoException): ContainerEnd {
  if (code === "ENOENT") return { kind: "notStarted", why: "notFound", message: `${file}: not found` };
  if (code === "EACCES")
    return { kind: "notStarted", why: "notExecutable", message: `${file}: not executable` };
  return { kind: "notStarted", why: "executor", message: `${file} could not be started: ${message}` };
}

function notLaunched(message: string): Launched {
  return {
    pid: undefined,
    stdout: Readable.from([]),
    stderr: Readable.from([]),
    status: undefined,
    exited: Promise.resolve({ kind: "notStarted", why: "executor", message }),
  };
}
