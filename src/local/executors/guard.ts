/**
 * A process that outlives ours if ours is killed, and then ends what our containers left.
 *
 * Sandboxes die with the process that started them, but not yet while bubblewrap sets them up, and of plain processes only the
 * first one does. So one small shell waits for us to be gone: the kernel tells it by closing a pipe.
 */
import { type ChildProcessByStdio, spawn } from "node:child_process";
import type { Socket } from "node:net";
import type { Writable } from "node:stream";
import { type Holder, holderPattern } from "./strays.ts";

export interface GuardOptions {
  /** Whose containers. */
  holder: Holder;
  /** How the paths of directories begin that have to go when their containers have: control groups. */
  directories?: string;
}

/**
 * Waits for a line, which says that there is nothing to do, or for the end of the pipe. What is just being forked has no mark
 * yet, hence several looks.
 */
const SCRIPT = `
read -r line && exit
for pause in 0 0.02 0.1 0.5 2; do
  sleep $pause
  for file in $(grep -lsFe "$1" /proc/[0-9]*/environ); do
    pid=\${file#/proc/}
    kill -9 "\${pid%/environ}"
  done
done 2>/dev/null
[ -z "$2" ] || rmdir "$2"* 2>/dev/null
`;

export class Guard {
  readonly #holder: Holder;
  readonly #directories: string;
  #shell: ChildProcessByStdio<Writable, null, null> | undefined;
  #running = 0;

  constructor({ holder, directories = "" }: GuardOptions) {
    this.#holder = holder;
    this.#directories = directories;
    process.once("exit", () => this.#dismiss());
  }

  /** To be called before a container starts. */
  enter(): void {
    this.#running += 1;
    this.#shell ??= this.#start();
  }

  /** To be called when nothing of a container is left. */
  leave(): void {
    this.#running -= 1;
  }

  #start(): ChildProcessByStdio<Writable, null, null> {
    const args = ["throughline-guard", holderPattern(this.#holder), this.#directories];
    const shell = spawn("/bin/sh", ["-c", SCRIPT, ...args], {
      cwd: "/",
      env: { PATH: process.env["PATH"] },
      // In a session of its own, so that Ctrl-C is ours to handle.
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    shell.unref();
    const gone = () => {
      this.#shell = undefined;
    };
    shell.once("exit", gone).once("error", gone);
    shell.stdin.once("error", gone);
    (shell.stdin as Socket).unref();
    return shell;
  }

  #dismiss(): void {
    if (this.#running === 0) this.#shell?.stdin.end("done\n");
  }
}
