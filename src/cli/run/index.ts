/** `throughline run`: Tekton's objects as they are written, run on this machine, with the whole trace. */
import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { KubeObject, Stored } from "../../kube/index.ts";
import { type HostAccess, type Laptop, startLaptop } from "../../local/index.ts";
import { chooseDestination, type Destination } from "../destination.ts";
import { type ExitCode, Failure } from "../failure.ts";
import { sayLost } from "../lost-telemetry.ts";
import { dataDirectory } from "../server-file.ts";
import { printable, type Terminal } from "../terminal.ts";
import { VERSION } from "../version.ts";
import { cancelOnSignals, leaveOnSignals } from "./cancel.ts";
import { type Following, follow } from "./follow.ts";
import { type RunInput, readRunInput } from "./input.ts";
import { type RunOptions, type RunSettings, readRunOptions } from "./options.ts";
import { type StepOutput, stepOutput } from "./output.ts";
import { pickExecutor, sayMissingPrograms } from "./pick-executor.ts";
import { report } from "./report.ts";
import { type RunPlan, startRuns } from "./start-runs.ts";
import { startStepTelemetry } from "./step-telemetry.ts";
import { ReconcileSpans, readyDestination } from "./telemetry.ts";
import { unusedNames } from "./unused-names.ts";

export async function runCommand(
  files: string[],
  options: RunOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const settings = readRunOptions(options);
  const input = await readRunInput(files, settings.definitions, terminal);
  refuseNothing(input, files);
  sayIgnored(input, terminal);
  for (const line of unusedNames(input, settings)) terminal.say(`note: ${line}`);
  const destination = await chooseDestination(settings.destination, terminal.env);
  await readyDestination(destination);
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

function refuseNothing({ runs, definitions, ignored }: RunInput, files: readonly string[]): void {
  if (runs.length > 0) return;
  const used = definitions.map(({ object }) => `${object.kind} ${object.metadata.name}`);
  const names = [...used, ...ignored.keys()].slice(0, 3);
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

interface Plan extends RunPlan {
  workDirectory: string;
  executor: Awaited<ReturnType<typeof pickExecutor>>;
  destination: Destination;
}

async function runIn(plan: Plan, terminal: Terminal): Promise<ExitCode> {
  const { settings, destination } = plan;
  const say = (line: string) => terminal.say(printable(line));
  const telemetry = await startStepTelemetry({
    destination,
    spans: { areDrawn: settings.output === "text", areWritten: settings.traceOut !== undefined },
    collector: terminal.env["OTEL_EXPORTER_OTLP_ENDPOINT"] || undefined,
    say,
  });
  const reconciles = new ReconcileSpans();
  const output = outputOf(settings, terminal);
  const otlpEndpoint = telemetry.endpoint;
  const laptop = await startLaptop({
    workDirectory: plan.workDirectory,
    executor: plan.executor,
    network: settings.network,
    access: accessOf(settings, terminal.env),
    version: VERSION,
    engine: { onSpans: reconciles.add, config: { ...(otlpEndpoint && { otlpEndpoint }) } },
    onOutput: (given) => {
      output.write(sourceOf(given.pod.metadata.labels, given.container), given.chunk);
      telemetry.logs?.add(given);
    },
    ...(telemetry.collect !== undefined && { onTelemetry: telemetry.collect }),
    log: say,
  });
  let following: Following | undefined;
  try {
    const runs = await startRuns(laptop, plan, terminal);
    following = await follow(laptop.api, runs);
    await waitFor(following, { laptop, runs }, terminal);
    await laptop.stopWork();
    await Promise.all([output.end(), telemetry.end()]);
    sayLost({ ...telemetry.lost(), spans: reconciles.leftOut }, say);
    const { sent } = telemetry;
    return await report({ api: laptop.api, following, settings, reconciles, sent, destination }, terminal);
  } finally {
    following?.stop();
    await laptop.stop();
    await telemetry.end();
  }
}

/** With JSON on stdout, what steps print goes to stderr. */
function outputOf({ output }: RunSettings, terminal: Terminal): StepOutput {
  return stepOutput(terminal, async (text) =>
    output === "text" ? terminal.write(text) : terminal.say(text.trimEnd()),
  );
}

/** What steps may see of this machine: what the user named, and never our own data. */
function accessOf({ hostPaths, workspaces, destination }: RunSettings, env: Terminal["env"]): HostAccess {
  const shared = [...hostPaths, ...workspaces.values()].map((directory) => resolve(directory));
  return { shared, hidden: [resolve(dataDirectory(destination.data, env))] };
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
