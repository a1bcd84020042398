import type { Readable } from "node:stream";
import type { ContainerEnd, Executor, Launch } from "../executors/index.ts";

/** A container's processes, with what they print handed on. */
export interface ContainerProcess {
  /** Settles when it has ended and all it printed was handed on. Never rejects. */
  readonly ended: Promise<ContainerEnd>;
  signal(signal: NodeJS.Signals): void;
  kill(): void;
}

export type PrintListener = (stream: "stdout" | "stderr", chunk: Buffer) => void;

/** Nothing of an ended container holds its pipes; should something do all the same, nobody waits longer for it. */
const LAST_OUTPUT_MILLIS = 2_000;

export function startProcess(options: {
  executor: Executor;
  launch: Launch;
  onPrint: PrintListener;
}): ContainerProcess {
  const { executor, launch, onPrint } = options;
  const running = executor.start(launch);
  const drained = Promise.all([
    handOn(running.stdout, (chunk) => onPrint("stdout", chunk)),
    handOn(running.stderr, (chunk) => onPrint("stderr", chunk)),
  ]);
  return {
    ended: running.ended.then(async (end) => {
      await atMost(LAST_OUTPUT_MILLIS, drained);
      return end;
    }),
    signal: (signal) => running.signal(signal),
    kill: () => running.kill(),
  };
}

function handOn(stream: Readable, listener: (chunk: Buffer) => void): Promise<void> {
  return new Promise((resolve) => {
    stream.on("data", listener);
    // A pipe that breaks has nothing more to say; how the container ended is told by its end.
    for (const event of ["end", "close", "error"]) stream.on(event, () => resolve());
  });
}

async function atMost(millis: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, millis);
  });
  await Promise.race([work, elapsed]);
  clearTimeout(timer);
}
