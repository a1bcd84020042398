/** Which executor a run gets. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { containerExecutor } from "./container.ts";
import type { Executor, ExecutorName, Launch } from "./executor.ts";
import { findProgram, hostShells } from "./host-programs.ts";
import { processExecutor } from "./process.ts";
import { sandboxExecutor } from "./sandbox.ts";

export interface ExecutorOptions {
  /** For the records of running containers: the one later given to `killStrays`. */
  directory: string;
}

export type Choice =
  /** `notes`: what the user should know, a line each: what is not isolated, what stands in for what. */
  | { kind: "chosen"; executor: Executor; notes: string[] }
  /** `message`: why, and the next step. */
  | { kind: "unusable"; message: string };

/**
 * The executor of that name, once it has proved to work here. `auto` takes the sandbox, and plain processes where there is
 * none; containers have to be asked for, since they need images.
 */
export async function chooseExecutor(name: "auto" | ExecutorName, options: ExecutorOptions): Promise<Choice> {
  if (name === "container") return chooseContainer(options);
  if (name === "process") return chooseProcess(options);
  const sandbox = await chooseSandbox(options);
  if (name === "sandbox" || sandbox.kind === "chosen") return sandbox;
  const choice = await chooseProcess(options);
  if (choice.kind === "chosen") choice.notes.unshift(sandbox.message);
  return choice;
}

async function chooseSandbox({ directory }: ExecutorOptions): Promise<Choice> {
  const bubblewrap = findProgram("bwrap");
  if (bubblewrap === undefined) {
    return unusable("no sandbox: install bubblewrap (bwrap), which keeps steps apart from this machine");
  }
  const executor = sandboxExecutor({ bubblewrap, directory });
  const failure = await trialOf(executor);
  if (failure !== undefined) {
    return unusable(
      `no sandbox: ${bubblewrap} does not work here (${failure}); it needs version 0.5 or newer and user namespaces`,
    );
  }
  return { kind: "chosen", executor, notes: shellNotes() };
}

const LONGEST_TRIAL_MS = 2_000;

/** Starts the smallest container there is; answers what went wrong. */
async function trialOf(executor: Executor): Promise<string | undefined> {
  const container = executor.start(TRIAL);
  container.stdout.resume();
  const timer = setTimeout(() => container.kill(), LONGEST_TRIAL_MS);
  const said = container.stderr.toArray();
  const end = await container.ended;
  clearTimeout(timer);
  if (end.kind === "exited" && end.code === 0) return undefined;
  if (end.kind === "notStarted") return end.message;
  return (
    Buffer.concat(await said)
      .toString()
      .trim() || "it did not run `true`"
  );
}

const TRIAL: Launch = {
  id: `trial-${process.pid}`,
  image: "busybox",
  argv: ["true"],
  env: {},
  mounts: [],
  network: "host",
};

async function chooseProcess(options: ExecutorOptions): Promise<Choice> {
  const executor = processExecutor({ directory: options.directory, setpriv: await findSetpriv() });
  const notes = [
    "steps run as plain processes: they see your files, your network and your user's rights",
    "container paths such as /workspace are replaced where they stand literally, not where a step computes them or reads them from a file",
  ];
  return { kind: "chosen", executor, notes: [...notes, ...shellNotes()] };
}

/** Busybox has a `setpriv` too, without the option that is needed. */
async function findSetpriv(): Promise<string | undefined> {
  const setpriv = findProgram("setpriv");
  if (setpriv === undefined) return undefined;
  const { stdout } = await promisify(execFile)(setpriv, ["--help"]).catch(() => ({ stdout: "" }));
  return stdout.includes("--pdeathsig") ? setpriv : undefined;
}

/** What the machine lacks of the shells that common images have. */
function shellNotes(): string[] {
  const { sh, bash, busybox } = hostShells();
  if (!sh.endsWith("/dash") || busybox !== undefined) return [];
  const standIn = bash === undefined ? "dash" : "bash";
  return [`no busybox: ${standIn} stands in for the sh of alpine and busybox images`];
}

async function chooseContainer(options: ExecutorOptions): Promise<Choice> {
  const engine = findProgram("podman") ?? findProgram("docker");
  if (engine === undefined) return unusable("no container engine: install podman or docker");
  try {
    await promisify(execFile)(engine, ["ps", "--quiet"], { timeout: ENGINE_ANSWERS_WITHIN_MS });
  } catch (error) {
    return unusable(`${engine} does not work here: ${lastLine(error)}`);
  }
  return { kind: "chosen", executor: containerExecutor({ engine, ...options }), notes: [] };
}

/** A first call of podman sets up its storage. */
const ENGINE_ANSWERS_WITHIN_MS = 20_000;

function lastLine(error: unknown): string {
  const text = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
  return text.trim().split("\n").at(-1) || String(error);
}

function unusable(message: string): Choice {
  return { kind: "unusable", message };
}
