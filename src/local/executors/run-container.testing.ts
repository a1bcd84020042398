/** For tests: runs one container to its end. */
import { randomUUID } from "node:crypto";
import type { Choice } from "./choose.ts";
import type { ContainerEnd, Executor, Launch } from "./executor.ts";

export interface FinishedContainer {
  end: ContainerEnd;
  stdout: string;
  stderr: string;
}

/** Unless the test says otherwise: without mounts and with the host's network. */
export function launchOf(wanted: Partial<Launch>): Launch {
  return {
    id: randomUUID(),
    image: "ubuntu",
    argv: ["true"],
    env: {},
    mounts: [],
    network: "host",
    ...wanted,
  };
}

/** The chosen one; one that fails the test when it is used if there is none. */
export function executorOf(choice: Choice): Executor {
  if (choice.kind === "chosen") return choice.executor;
  const fail = () => {
    throw new Error(choice.message);
  };
  return { name: "process", start: fail, rewrite: fail };
}

/** Answers how it ended and all it wrote. */
export async function runContainer(executor: Executor, wanted: Partial<Launch>): Promise<FinishedContainer> {
  const container = executor.start(launchOf(wanted));
  const [stdout, stderr] = [container.stdout.toArray(), container.stderr.toArray()];
  const end = await container.ended;
  return {
    end,
    stdout: Buffer.concat(await stdout).toString(),
    stderr: Buffer.concat(await stderr).toString(),
  };
}

/** The same for a line of shell. */
export function runShell(
  executor: Executor,
  script: string,
  wanted: Partial<Launch> = {},
): Promise<FinishedContainer> {
  return runContainer(executor, { argv: ["/bin/sh", "-c", script], ...wanted });
}
