/** `metric`: records one data point of a metric, and sends it before it ends. */

import type { Environment } from "../context/context.ts";
import { deliver } from "../wire/deliver.ts";
import { destinationOf } from "../wire/endpoint.ts";
import { TASK_DURATION_BUCKETS } from "../wire/metric-definitions.ts";
import { type Measurement, metricRequest, Temporality } from "../wire/otlp-json.ts";
import { metricAttributes, metricResource } from "../wire/resource.ts";
import { datesOf, startStopwatch } from "./clock.ts";
import { say } from "./say.ts";
import { attributesOf, type Given, timeoutMsOf, UsageError } from "./usage.ts";

const SCOPE = "throughline metric";
/** OpenTelemetry specification, Metrics API, "Instrument name syntax" and "Instrument unit". */
const NAME = /^[A-Za-z][A-Za-z0-9_./-]{0,254}$/;
const UNIT = /^[ -~]{0,63}$/;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Runs the command line and answers the exit code; that nobody takes the point is no reason to fail. @throws UsageError */
export async function metric(given: Given, env: NodeJS.ProcessEnv): Promise<number> {
  const readTicks = startStopwatch();
  const measured = measurementOf(given, env);
  const timeoutMs = timeoutMsOf(given, env);
  const request = metricRequest(
    { resource: metricResource(env), scope: SCOPE },
    { ...measured, ...datesOf(readTicks()) },
  );
  const lost = await deliver(request, { destination: destinationOf(env, "metrics"), timeoutMs });
  if (lost !== undefined) say(`throughline metric: ${measured.name} not sent: ${lost}`);
  return 0;
}

function measurementOf(given: Given, env: Environment): Omit<Measurement, "startNs" | "endNs"> {
  const [action, name = "", text = "", ...more] = given.words;
  if ((action !== "record" && action !== "add") || given.words.length < 3 || more.length > 0)
    throw new UsageError("say record NAME VALUE or add NAME VALUE");
  if (!NAME.test(name))
    throw new UsageError(
      `'${name}' is no name of a metric: a letter, then up to 254 of letters, digits, _ . - /`,
    );
  const unit = given.values.get("unit") ?? "";
  if (!UNIT.test(unit)) throw new UsageError(`--unit '${unit}' is not at most 63 ASCII characters`);
  const attributes = { ...metricAttributes(env), ...attributesOf(given) };
  return { name, unit, value: parseValue(text, action), attributes, as: kindOf(given, env) };
}

function parseValue(text: string, action: "record" | "add"): number {
  const value = Number(text);
  if (!NUMBER.test(text) || !Number.isFinite(value)) throw new UsageError(`'${text}' is not a number`);
  if (action === "add" && value < 0) throw new UsageError(`'${text}' cannot be added: a count only grows`);
  return value;
}

function kindOf(given: Given, env: Environment): Measurement["as"] {
  const temporality = temporalityOf(env);
  const isHistogram = given.flags.has("histogram");
  if (given.words[0] === "record")
    return isHistogram
      ? { kind: "histogram", temporality, bounds: TASK_DURATION_BUCKETS }
      : { kind: "gauge" };
  if (isHistogram) throw new UsageError("--histogram goes with record");
  return { kind: "sum", temporality };
}

/** Delta unless the environment asks for the other: each command is a process of its own, which has counted nothing before. */
function temporalityOf(env: Environment): number {
  const preference = env["OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"]?.trim().toLowerCase();
  return preference === "cumulative" ? Temporality.cumulative : Temporality.delta;
}
