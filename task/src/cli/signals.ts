import { readFileSync } from "node:fs";

/** Those a command may be waiting for. */
const FORWARDED = ["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/** Has the signals that reach this process passed on. To be called before the command starts, or one would end us. */
export function forwardSignals(pass: (signal: NodeJS.Signals) => void): void {
  for (const signal of FORWARDED) {
    process.on(signal, () => {
      // Ctrl-C and Ctrl-\ reach every process in the foreground of the terminal: the command has had it.
      if ((signal === "SIGINT" || signal === "SIGQUIT") && isInForeground()) return;
      pass(signal);
    });
  }
}

/** proc(5), `/proc/pid/stat`: the 5th field is the process group, the 8th that of the foreground of the terminal. */
function isInForeground(): boolean {
  try {
    const afterName = readFileSync("/proc/self/stat", "latin1").split(") ").at(-1) ?? "";
    const [, , group, , , foreground] = afterName.split(" ");
    return group === foreground;
  } catch {
    return false;
  }
}
