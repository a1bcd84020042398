/** The options of `throughline collector-config`. */
import type { Command } from "commander";
import type { CollectorConfigOptions } from "./collector-config.ts";
import type { CommandContext } from "./questions.ts";

/** `collector-config`: what to give an OpenTelemetry Collector. */
export function addCollectorConfigCommand(program: Command, { terminal, finish }: CommandContext): void {
  program
    .command("collector-config")
    .summary("print a configuration for an OpenTelemetry Collector")
    .description(
      "Prints a configuration for the OpenTelemetry Collector, contrib distribution: receives OTLP, says of which Pod and run " +
        "it is, and delivers it through a queue on disk. Passwords are taken from the collector's environment. Example: " +
        "throughline collector-config --backend clickhouse --tail-sampling --output kubernetes | kubectl apply -f -",
    )
    .option("--backend <kind>", "where to: otlp-http, otlp-grpc or clickhouse", "otlp-http")
    .option("--endpoint <url>", "its address (default: http://throughline:4318, or the like for the others)")
    .option("--auth", "send the Authorization header that is in OTLP_AUTHORIZATION")
    .option("--tail-sampling", "keep failed and slow runs whole, and some of the rest")
    .option("--slow <duration>", "with tail sampling: runs that took this long are kept (default: 10m)")
    .option(
      "--longest-run <duration>",
      "with tail sampling: for how long spans wait for their run's end (default: 1h)",
    )
    .option("--keep <percent>", "with tail sampling: how much of the rest is kept (default: 10)")
    .option("--no-kubernetes", "for a machine of its own: nothing is asked of a Kubernetes API")
    .option("--cluster <name>", "written on spans and logs as k8s.cluster.name", "kubernetes")
    .option("--namespace <name>", "where the collector is to run", "throughline")
    .option("--replicas <count>", "how many collectors; with tail sampling they share the work by trace", "1")
    .option("--memory <size>", "what each may use, e.g. 512Mi", "1Gi")
    .option("-o, --output <format>", "yaml (the configuration) or kubernetes (all objects)", "yaml")
    .action(async (options: CollectorConfigOptions) => {
      const { collectorConfigCommand } = await import("./collector-config.ts");
      finish(await collectorConfigCommand(options, terminal));
    });
}
