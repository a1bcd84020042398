/**
 * The `container` executor: the step's own image, run by podman or docker. The engine's command line stands for the container:
 * it ends with the container's exit code, and removes the container when it is over. Signals go to the container by a command
 * of their own: podman's client ends with 0 when one reaches it before it passes them on, and the container runs on.
 */
import { execFile } from "node:child_process";
import { PassThrough } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import type { ContainerEnd, Executor, Launch, RunningContainer } from "./executor.ts";
import { type Launched, recogniseSignal, launch as startLauncher } from "./launcher.ts";
import { forgetContainer, recordContainer } from "./strays.ts";

/** Between two tries to signal a container that is about to start. */
const RETRY_MILLIS = 50;

export interface ContainerOptions {
  /** `podman` or `docker`, with its path. */
  engine: string;
  /** Where running containers are recorded, for `killStrays`. */
  directory: string;
}

type Images = (image: string) => Promise<string | undefined>;

export function containerExecutor(options: ContainerOptions): Executor {
  const images = pullOnce(options.engine);
  return {
    name: "container",
    start: (launch) => startContainer({ launch, images, ...options }),
    rewrite: (text) => text,
  };
}

function startContainer(of: ContainerOptions & { launch: Launch; images: Images }): RunningContainer {
  const { launch, engine, directory } = of;
  const name = `throughline-${launch.id}`;
  const streams = { stdout: new PassThrough(), stderr: new PassThrough() };
  let client: Launched | undefined;
  let isOver = false;
  const sent = new Set<NodeJS.Signals>();
  const send = async (signal: NodeJS.Signals) => {
    sent.add(signal);
    const isDelivered = async () => (await call(engine, ["kill", "--signal", signal, name])) === undefined;
    while (client !== undefined && !isOver && !(await isDelivered())) await delay(RETRY_MILLIS);
  };
  const run = async (): Promise<ContainerEnd> => {
    const failure = await of.images(launch.image);
    if (failure !== undefined) return endUnstarted(streams, failure);
    const [early] = sent;
    if (early !== undefined) return endUnstarted(streams, `ended by ${early} before it started`);
    recordContainer(directory, { id: launch.id, kind: "container", engine, name });
    client = startClient({ launch, engine, name });
    client.stdout.pipe(streams.stdout);
    client.stderr.pipe(streams.stderr);
    const end = await client.exited;
    isOver = true;
    await call(engine, ["rm", "--force", name]);
    forgetContainer(directory, launch.id);
    return recogniseSignal(end, sent);
  };
  return {
    ...streams,
    ended: run(),
    signal: (signal) => void send(signal),
    kill: () => void send("SIGKILL"),
  };
}

function endUnstarted(streams: { stdout: PassThrough; stderr: PassThrough }, message: string): ContainerEnd {
  streams.stdout.end();
  streams.stderr.end();
  return { kind: "notStarted", why: "executor", message };
}

function startClient(of: { launch: Launch; engine: string; name: string }): Launched {
  const { args, env } = clientCommand(of.launch, of.name);
  const program = of.launch.argv[0] ?? of.launch.image;
  return startLauncher({
    file: of.engine,
    args,
    env,
    isGroupLeader: true,
    hasStatus: false,
    complaints: ["Error: ", "docker: "],
    failureCodes: Object.keys(FAILURES).map(Number),
    failureOf: (code, complaint) => ({
      kind: "notStarted",
      why: FAILURES[code] ?? "executor",
      message: `${program}: ${complaint}`,
    }),
  });
}

/** Exit codes of `podman run` and `docker run` for what is not the program's own end. */
const FAILURES: Readonly<Record<number, "executor" | "notExecutable" | "notFound">> = {
  125: "executor",
  126: "notExecutable",
  127: "notFound",
};

function clientCommand(launch: Launch, name: string): { args: string[]; env: Record<string, string> } {
  const { user, workingDirectory, imageArguments, image } = launch;
  const [program = "", ...rest] = launch.argv;
  const { args, env } = environmentArguments(launch.env);
  return {
    args: [
      ...["run", "--rm", "--name", name, "--pull", "never", "--network", launch.network],
      ...(user === undefined ? [] : ["--user", `${user.uid}:${user.gid ?? 0}`]),
      ...(workingDirectory === undefined ? [] : ["--workdir", workingDirectory]),
      ...launch.mounts.flatMap(({ source, target, isReadOnly }) => [
        "--mount",
        `type=bind,source=${source},target=${target}${isReadOnly ? ",readonly" : ""}`,
      ]),
      ...args,
      ...(imageArguments === undefined
        ? ["--entrypoint", program, image, ...rest]
        : [image, ...imageArguments]),
    ],
    env,
  };
}

/**
 * Values travel in the client's environment, where other users of the machine cannot read them as they can a command line;
 * except for names that mean something to the client itself.
 */
function environmentArguments(given: Launch["env"]): { args: string[]; env: Record<string, string> } {
  const env = definedOnly(process.env);
  const args: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    const isClients = name in env || /^(?:LD_|DOCKER_|CONTAINERS?_|XDG_|TMPDIR$)/.test(name);
    args.push("--env", isClients ? `${name}=${value}` : name);
    if (!isClients) env[name] = value;
  }
  return { args, env };
}

function definedOnly(variables: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

/** Pulls an image that is not there, once however many steps want it; answers what went wrong. */
function pullOnce(engine: string): Images {
  const pulled = new Map<string, Promise<string | undefined>>();
  return (image) => {
    const known = pulled.get(image) ?? pull(engine, image);
    pulled.set(image, known);
    // The registry may answer the next step that wants it.
    void known.then((failure) => failure !== undefined && pulled.delete(image));
    return known;
  };
}

async function pull(engine: string, image: string): Promise<string | undefined> {
  if ((await call(engine, ["image", "inspect", image])) === undefined) return undefined;
  const failure = await call(engine, ["pull", "--quiet", image]);
  return failure === undefined ? undefined : `image ${image} could not be pulled: ${failure}`;
}

/** Answers what went wrong, the last line of it. */
async function call(engine: string, args: readonly string[]): Promise<string | undefined> {
  try {
    await promisify(execFile)(engine, args, { maxBuffer: Number.POSITIVE_INFINITY });
    return undefined;
  } catch (error) {
    const said = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
    return said.trim().split("\n").at(-1) || String(error);
  }
}
