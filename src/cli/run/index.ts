/** `throughline run`: Tekton's objects as they are written, run on this machine, with the whole trace. */
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type PipelineRun, type TaskRun, TektonKind } from "../../engine/index.ts";
import {
  ApiError,
  apiVersionOf,
  CoreKind,
  type Kind,
  type KubeObject,
  type Stored,
} from "../../kube/index.ts";
import { DIRECTORY_ANNOTATION, type Laptop, startLaptop } from "../../local/index.ts";
import { count } from "../count.ts";
import { chooseDestination, type Destination } from "../destination.ts";
import { type ExitCode, Failure } from "../failure.ts";
import { startReceiver } from "../receiver.ts";
import { StepLogs } from "../step-logs.ts";
import { printable, type Terminal } from "../terminal.ts";
import { VERSION } from "../version.ts";
import { cancelOnSignals, leaveOnSignals } from "./cancel.ts";
import { type Following, follow } from "./follow.ts";
import { type Located, type RunInput, type RunObject, readRunInput, withAdditions } from "./input.ts";
import { type RunOptions, type RunSettings, readRunOptions } from "./options.ts";
import { stepOutput } from "./output.ts";
import { pickExecutor, sayMissingPrograms } from "./pick-executor.ts";
import { report } from "./report.ts";
import { ReconcileSpans, sinkOf } from "./telemetry.ts";

export async function runCommand(
  files: string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const settings = readRunOptions(options);
  const input = await readRunInput(files, settings.definitions, terminal);
  refuseNothing(input, files);
  sayIgnored(input, terminal);
  const destination = await chooseDestination(settings.destination, terminal.env);
  const workDirectory = await mkdtemp(join(tmpdir(), "throughline-run-"));
  // Also when nobody reads the output any more, or the user leaves at once.
  const removeAtExit = () => rmSync(workDirectory, { recursive: true, force: true, maxRetries: 3 });
  process.once("exit", removeAtExit);
  const stopListening = leaveOnSignals();
  try {
    const executor = await pickExecutor(settings.executor, workDirectory, terminal);
    if (executor.name === "process" && settings.network === "none")
      throw new Failure("--network none: plain processes share the host's network; use --executor sandbox");
    sayMissingPrograms(input, executor, terminal);
    return await runIn({ workDirectory, settings, input, executor, destination }, terminal);
  } finally {
    await rm(workDirectory, { recursive: true, force: true, maxRetries: 3 });
    process.off("exit", removeAtExit);
    stopListening();
  }
}

function refuseNothing({ runs, definitions }: RunInput, files: readonly string[]): void {
  if (runs.length > 0) return;
  const names = definitions.slice(0, 3).map(({ object }) => `${object.kind} ${object.metadata.name}`);
  const found = names.length === 0 ? "" : ` (found: ${names.join(", ")})`;
  throw new Failure(
    `no PipelineRun or TaskRun in ${printable(files.join(", "))}${printable(found)}; ` +
      "write one that refers to what is to be run, and give its file too",
  );
}

function sayIgnored({ ignored }: RunInput, terminal: Terminal): void {
  const kinds = [...ignored].map(([kind, number]) => `${number} ${printable(kind)}`);
  if (kinds.length > 0) terminal.say(`not used: ${kinds.join(", ")}`);
}

/** What steps may leave in the spool of the data directory. */
const MAX_TELEMETRY_BYTES = 256 * 1024 * 1024;

interface Plan {
  workDirectory: string;
  settings: RunSettings;
  input: RunInput;
  executor: Awaited<ReturnType<typeof pickExecutor>>;
  destination: Destination;
}

async function runIn(plan: Plan, terminal: Terminal): Promise<ExitCode> {
  const { settings, destination } = plan;
  const sink = sinkOf(destination);
  const receiver =
    sink === undefined ? undefined : await startReceiver(sink, { maxTotalBytes: MAX_TELEMETRY_BYTES });
  const endpoint = receiver?.endpoint ?? terminal.env["OTEL_EXPORTER_OTLP_ENDPOINT"];
  const reconciles = new ReconcileSpans();
  const logs = sink === undefined || destination.kind === "nowhere" ? undefined : new StepLogs(sink);
  const toStdout = settings.output === "text";
  const output = stepOutput(terminal, async (text) =>
    toStdout ? terminal.write(text) : terminal.say(text.trimEnd()),
  );
  const laptop = await startLaptop({
    workDirectory: plan.workDirectory,
    executor: plan.executor,
    network: settings.network,
    version: VERSION,
    engine: { onSpans: reconciles.add, config: { ...(endpoint && { otlpEndpoint: endpoint }) } },
    onOutput: (given) => {
      output.write(sourceOf(given.pod.metadata.labels, given.container), given.chunk);
      logs?.add(given);
    },
    log: (line) => terminal.say(printable(line)),
  });
  try {
    const runs = await startRuns(laptop, plan, terminal);
    const following = await follow(laptop.api, runs);
    await waitFor(following, { laptop, runs }, terminal);
    await laptop.stopWork();
    await Promise.all([output.end(), logs?.end()]);
    sayLost({ bodies: receiver?.refused() ?? 0, lines: logs?.lost ?? 0 }, terminal);
    return await report({ api: laptop.api, following, settings, reconciles, destination }, terminal);
  } finally {
    await laptop.stop();
    await receiver?.close();
  }
}

/** Nothing of what steps sent or printed gets lost silently. */
function sayLost({ bodies, lines }: { bodies: number; lines: number }, terminal: Terminal): void {
  if (bodies > 0) terminal.say(`${count(bodies, "request")} with telemetry of steps not kept`);
  if (lines > 0) terminal.say(`${count(lines, "line")} that steps printed not kept`);
}

/** The task as its pipeline calls it, with the number that tells the runs of a matrix apart. */
function sourceOf(labels: Readonly<Record<string, string>> = {}, container: string) {
  const { "tekton.dev/pipelineRun": run, "tekton.dev/taskRun": taskRun = "" } = labels;
  const isChild = run !== undefined && taskRun.startsWith(`${run}-`);
  return {
    task: isChild ? taskRun.slice(run.length + 1) : (labels["tekton.dev/pipelineTask"] ?? taskRun),
    step: container.replace(/^step-/, ""),
  };
}

const PROGRESS_MILLIS = 200;

async function waitFor(
  following: Following,
  started: { laptop: Laptop; runs: readonly Stored<KubeObject>[] },
  terminal: Terminal,
): Promise<void> {
  const stopListening = cancelOnSignals(started.laptop.api, started.runs, terminal);
  const timer = setInterval(() => terminal.progress(following.describe()), PROGRESS_MILLIS);
  try {
    await following.over;
  } finally {
    clearInterval(timer);
    stopListening();
    terminal.progress("");
  }
}

const KINDS: readonly Kind[] = [
  ...Object.values(TektonKind),
  CoreKind.configMap,
  CoreKind.secret,
  CoreKind.claim,
  CoreKind.serviceAccount,
];

function kindOf({ kind }: KubeObject): Kind {
  const found = KINDS.find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`no such kind: ${kind}`);
  return found;
}

/** Puts everything into the API: what runs refer to first, so that no run looks for what is about to come. */
async function startRuns(
  { api }: Laptop,
  { input, settings }: Plan,
  terminal: Terminal,
): Promise<(Stored<PipelineRun> | Stored<TaskRun>)[]> {
  const create = async (each: Located<KubeObject>) => {
    const object = inNamespace(each.object, settings.namespace);
    const key = { namespace: object.metadata.namespace ?? "", name: object.metadata.name };
    const { resource } = api.operations.placeOf(kindOf(object), key);
    try {
      const { object: stored, warnings } = await api.operations.create(resource, object);
      for (const warning of warnings) terminal.say(printable(`${each.where}: ${warning}`));
      return stored;
    } catch (fault) {
      throw fault instanceof ApiError ? new Failure(printable(`${each.where}: ${fault.message}`)) : fault;
    }
  };
  for (const definition of input.definitions) await create(definition);
  const claims = new Map<string, string>();
  for (const [workspace, directory] of settings.workspaces) {
    const claim = await directoryClaim({ workspace, directory, namespace: settings.namespace });
    await create({ object: claim, where: `-w ${workspace}` });
    claims.set(workspace, claim.metadata.name);
  }
  const additions = { params: settings.params, claims, setContext: settings.setContext };
  const runs = input.runs.map(({ object, where }) => ({ object: withAdditions(object, additions), where }));
  refuseDoubles(runs);
  const started = [];
  for (const run of runs) started.push(await create(run));
  for (const { kind, metadata } of started) terminal.progress(`started ${kind} ${metadata.name}`);
  return started as (Stored<PipelineRun> | Stored<TaskRun>)[];
}

function inNamespace(object: KubeObject, namespace: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace || namespace } };
}

/** A claim that stands for a directory of this machine. */
async function directoryClaim({
  workspace,
  directory,
  namespace,
}: {
  workspace: string;
  directory: string;
  namespace: string;
}): Promise<KubeObject> {
  const path = resolve(directory);
  await mkdir(path, { recursive: true });
  if (!(await stat(path)).isDirectory())
    throw new Failure(`-w ${printable(workspace)}=${printable(directory)}: not a directory`);
  return {
    apiVersion: apiVersionOf(CoreKind.claim),
    kind: CoreKind.claim.kind,
    metadata: { name: `workspace-${workspace}`, namespace, annotations: { [DIRECTORY_ANNOTATION]: path } },
  };
}

/** Two runs of one name would be one run; nothing is started before that is known. */
function refuseDoubles(runs: readonly Located<RunObject>[]): void {
  const seen = new Map<string, string>();
  for (const { object, where } of runs) {
    const { name, namespace = "" } = object.metadata;
    if (!name) continue;
    const key = `${object.kind} ${namespace}/${name}`;
    const first = seen.get(key);
    if (first !== undefined)
      throw new Failure(
        printable(
          `${where}: ${object.kind} ${name} is in ${first} already; use generateName, or another name`,
        ),
      );
    seen.set(key, where);
  }
}
