/** The commands that are running, so that a signal which ends this process reaches them too. */
import type { ChildProcess } from "node:child_process";

const running = new Set<ChildProcess>();

/** Remembers a child until it has ended. */
export function remember(child: ChildProcess): void {
  running.add(child);
  child.once("exit", () => running.delete(child));
}

/** Passes the signal on to every command that is running. */
export function stopCommands(signal: NodeJS.Signals): void {
  for (const child of running) child.kill(signal);
}
