/** The commands that keep and draw traces. The code of each is loaded when it is used. */
import type { Command } from "commander";
import { dataOption, serverOption, tokenOption } from "./common-options.ts";
import type { CommandContext } from "./questions.ts";

/** An option that may be given several times. */
const several = (value: string, before: string[] = []) => [...before, value];

const HOST_PATH = "a directory of this machine that steps may mount";

/** `up`: the server. */
export function addUpCommand(program: Command, { terminal, finish }: CommandContext): void {
  program
    .command("up")
    .summary("start the server: web UI, APIs, and a receiver of OpenTelemetry data")
    .description(
      "Keeps traces and shows them: web UI, insight API and Jaeger's query API on one port, OTLP over HTTP and " +
        "gRPC on two more. Its embedded Kubernetes API takes PipelineRuns from kubectl and runs them here. Other commands find it through the data directory. Ends with SIGINT or SIGTERM.",
    )
    .option("--port <port>", "port of the UI and the APIs; 0 for any free one", "4000")
    .option("--otlp-http <port>", "port of OTLP/HTTP", "4318")
    .option("--otlp-grpc <port>", "port of OTLP/gRPC", "4317")
    .option("--kube-port <port>", "port of the embedded Kubernetes API", "4001")
    .option("--executor <name>", "of steps: auto, sandbox (bubblewrap), container or process", "auto")
    .option("--network <mode>", "of steps: host or none", "host")
    .option("--host-path <directory>", HOST_PATH, several)
    .option("--no-engine", "without reconcilers, for those that run elsewhere: throughline engine")
    .option("--host <address>", "address to listen on; one that others can reach needs a token", "127.0.0.1")
    .addOption(dataOption())
    .option(
      "--clickhouse <url>",
      "read a ClickHouse that collectors write to, in place of the embedded store",
    )
    .option("--clickhouse-create-tables", "add tables of runs and tasks to it, and take OTLP")
    .option(
      "--retain <days>",
      "drop weeks that ended longer ago, by the time of the spans, e.g. 30d",
      "forever",
    )
    .option("--token <token>", "asked for as bearer token on every port (default: THROUGHLINE_TOKEN)")
    .option("--load <file...>", "dumps to load first, as import does")
    .option("-o, --output <format>", "text or json", "text")
    .option("--verbose", "print stack traces of faults")
    .action(async (options) => {
      const { upCommand } = await import("./up.ts");
      finish(await upCommand(options, terminal));
    });
}

/** `engine`: the reconcilers alone. */
export function addEngineCommand(program: Command, { terminal, finish }: CommandContext): void {
  program
    .command("engine")
    .summary("run the reconcilers alone, against a Kubernetes API")
    .description(
      "Drives the PipelineRuns and TaskRuns of an API, for example that of `throughline up --no-engine`. Reconcilers may end and " +
        "start again at any moment: what they have begun is taken up. Their spans go to OTEL_EXPORTER_OTLP_ENDPOINT, or to the " +
        "server that has the data directory open.",
    )
    .option("--kubeconfig <file>", "whom to talk to (default: KUBECONFIG, else that of the data directory)")
    .addOption(dataOption())
    .option("--verbose", "print stack traces of faults")
    .action(async (_options, command: Command) => {
      const { engineCommand } = await import("./engine.ts");
      finish(await engineCommand(command.opts(), terminal));
    });
}

/** `run`: pipelines on this machine. */
export function addRunCommand(program: Command, { terminal, finish }: CommandContext): void {
  program
    .command("run")
    .summary("run PipelineRuns and TaskRuns on this machine, and trace them")
    .description(
      "Runs Tekton's objects as they are written, without a cluster and without images: each step is a process in a " +
        "sandbox, and programs of this machine stand in for those of its image. Prints what steps print, then results and " +
        "waterfall, and keeps the trace where import would. Ctrl-C cancels the run, and its finally tasks still run.",
    )
    .argument("<file...>", "YAML or JSON with runs and what they refer to; directories; - for standard input")
    .option("-p, --param <name=value>", "a param of the runs; a JSON list or object is one", several)
    .option(
      "-w, --workspace <name=directory>",
      "a directory of this machine as workspace; made if it is not there",
      several,
    )
    .option("--with <file>", "objects that runs refer to; runs in it are not started", several)
    .option("-n, --namespace <name>", "namespace of objects that name none", "default")
    .option(
      "--executor <name>",
      "auto, sandbox (bubblewrap), container (podman or docker) or process",
      "auto",
    )
    .option("--network <mode>", "of steps: host or none", "host")
    .option("--host-path <directory>", HOST_PATH, several)
    .option("--trace-out <file>", "write the trace as OTLP/JSON too")
    .option("--set-context <traceparent>", "W3C traceparent that the runs are to belong to")
    .option("-o, --output <format>", "text or json", "text")
    .option("--no-store", "store and send nothing")
    .addOption(serverOption())
    .addOption(dataOption())
    .addOption(tokenOption())
    .option("--verbose", "print stack traces of faults")
    .action(async (files: string[], options) => {
      const { runCommand } = await import("./run/index.ts");
      finish(await runCommand(files, options, terminal));
    });
}

/** `import`: from a dump to traces. */
export function addImportCommand(program: Command, { terminal, finish }: CommandContext): void {
  program
    .command("import")
    .summary("turn a dump of Kubernetes objects into traces")
    .description(
      "Reads PipelineRuns, TaskRuns, Pods and Events from files, directories or standard input (-), in whatever " +
        "form kubectl writes them, prints where the time of each run went, and keeps the spans: in the server that " +
        "runs, else in the data directory; with OTEL_EXPORTER_OTLP_ENDPOINT set, they are sent there instead.",
    )
    .argument("<file...>", "JSON, JSON lines or YAML, gzipped or not; directories; - for standard input")
    .option(
      "-o, --output <format>",
      "text, json, or otlp-json (the spans as OTLP/JSON; nothing is stored or sent)",
      "text",
    )
    .option("--no-store", "just look: store and send nothing")
    .addOption(serverOption())
    .addOption(dataOption())
    .addOption(tokenOption())
    .option("--provisional", "send runs that are not over to other collectors too, as far as they are known")
    .option("--timing-names <wait,execute>", "names of the timing spans", "wait_duration,execute_duration")
    .option("--verbose", "print stack traces of faults")
    .action(async (files: string[], options) => {
      const { importCommand } = await import("./import.ts");
      finish(await importCommand(files, options, terminal));
    });
}

/** `trace`: a run as a waterfall. */
export function addTraceCommand(program: Command, { terminal, finish }: CommandContext): void {
  program
    .command("trace")
    .summary("show a run as a waterfall in the terminal")
    .description(
      "Draws what ran when, and the critical path: of a run that is kept, or of one in a dump, which is read like import does.",
    )
    .argument(
      "<run or file>",
      "name, namespace/name, UID or trace id of a run; or a dump: file, directory, -",
    )
    .argument("[run]", "the same, of a run in the dump; needed where that holds several")
    .addOption(serverOption())
    .addOption(dataOption())
    .addOption(tokenOption())
    .option("--all", "draw every span, however many there are")
    .option("--reconciles", "draw the spans of reconcilers too")
    .option("-o, --output <format>", "text or json", "text")
    .option("--verbose", "print stack traces of faults")
    .action(async (target: string, run: string | undefined, options) => {
      const { traceCommand } = await import("./trace.ts");
      finish(await traceCommand({ target, run }, options, terminal));
    });
}
