/** How the containers of a Pod become processes of this machine. */
import type { Readable } from "node:stream";

export type ExecutorName = "sandbox" | "container" | "process";

/** Starts containers. Nothing of what one started may outlive it, nor the process that holds the executor. */
export interface Executor {
  readonly name: ExecutorName;
  /** Never throws: what cannot be started has ended, with the reason, before it began. */
  start(launch: Launch): RunningContainer;
  /**
   * What a text with paths of the container has to read where the container sees the host's own paths: the `process`
   * executor cannot mount, so it rewrites mounted paths in arguments, environment and scripts. The others answer the text.
   */
  rewrite(text: string, mounts: readonly Mount[]): string;
}

/** A container to be started, with nothing left to resolve. */
export interface Launch {
  /** Unique on this machine; letters, digits and dashes. */
  id: string;
  image: string;
  /** Program and arguments; the program is looked up in the container's PATH unless it has a slash. */
  argv: readonly string[];
  /**
   * Given when the program is the image's own: what follows its ENTRYPOINT, none for its CMD. The `container` executor hands
   * these to the image and ignores `argv`; the others run `argv`, which `programOfImage` helps to make.
   */
  imageArguments?: readonly string[];
  /** The whole environment, except what the executor itself has to set: PATH, HOME, HOSTNAME and TMPDIR unless given. */
  env: Readonly<Record<string, string>>;
  /** Absolute path in the container; made if it is not there. Without it, the root directory `/`. */
  workingDirectory?: string;
  /** Later ones may lie on earlier ones. The targets are absolute paths in the container. */
  mounts: readonly Mount[];
  /** As whom; without it, as whoever the image says, which on a host is the user of this process. */
  user?: { uid: number; gid?: number };
  network: "host" | "none";
}

export interface Mount {
  /** A file or directory of the host, which is there. */
  source: string;
  target: string;
  isReadOnly: boolean;
}

export interface RunningContainer {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Settles when the main process has ended, and nothing of the container is left. Never rejects. */
  readonly ended: Promise<ContainerEnd>;
  /** To the main process. */
  signal(signal: NodeJS.Signals): void;
  /** SIGKILL to everything in it. */
  kill(): void;
}

export type ContainerEnd =
  | { kind: "exited"; code: number }
  | { kind: "signalled"; signal: NodeJS.Signals }
  /** The program is not there, cannot be run, or the executor could not make the container. */
  | { kind: "notStarted"; why: "notFound" | "notExecutable" | "executor"; message: string };
