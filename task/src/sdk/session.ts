/** What is set up while a task records: providers, what is open, and how it all ends. */
import { context, metrics, propagation, trace } from "@opentelemetry/api";
import { getNumberFromEnv } from "@opentelemetry/core";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";
import type { Environment, StepParent } from "../context/context.ts";
import { type Destination, destinationOf, type Signal } from "../wire/endpoint.ts";
import { metricResource, resourceAttributes } from "../wire/resource.ts";
import { baseContext, spanContextOf, taskContextManager, taskPropagator } from "./active-context.ts";
import { collectNow } from "./collect-now.ts";
import { type Delivery, httpDelivery, spoolDelivery } from "./delivery.ts";
import type { Failure } from "./failure.ts";
import { Losses } from "./losses.ts";
import { metricExporter } from "./metric-exporter.ts";
import { Outbox } from "./outbox.ts";
import { post, postNow } from "./post.ts";
import { SpanRecorder } from "./span-recorder.ts";

/** Where each signal of the process goes. */
export type Destinations = Readonly<Record<Signal, Destination>>;

/** Reads them from the variables of the step. */
export function destinationsOf(env: Environment): Destinations {
  return { traces: destinationOf(env, "traces"), metrics: destinationOf(env, "metrics") };
}

/** A recording process. */
export interface Session {
  /** Resolves when all that has ended is sent, or the time is over. Never rejects. */
  flush(withinMs: number): Promise<void>;
  /** The same for a process that cannot wait, and for the last time: what comes later is not sent. */
  flushNow(withinMs: number): void;
  /** As `flush`, and for good: what ends later is not recorded. Says what was lost. */
  shutdown(withinMs: number): Promise<void>;
  /** Whether a span is open. */
  hasOpen(): boolean;
  /** Ends the spans that are open, as failed by that reason if there is one. */
  endOpen(failure?: Failure): void;
}

interface Settings {
  env: Environment;
  destinations: Destinations;
  parent: StepParent;
  /** On top of what the environment says. */
  resource: Readonly<Record<string, string>>;
}

/** Starts recording; makes the providers the API's own. Answers nothing when another SDK has taken that place already. */
export function startSession(settings: Settings): Session | undefined {
  const { destinations, parent } = settings;
  const losses = new Losses();
  const outbox = new Outbox({ post, postNow }, (count, reason) => losses.add(count, reason));
  const deliveryOf = (signal: Signal) => {
    const to = destinations[signal];
    if (to.kind === "spool") return spoolDelivery(to.path, losses);
    return to.kind === "http" ? httpDelivery({ to, outbox, losses }) : undefined;
  };
  const [traces, measurements] = [deliveryOf("traces"), deliveryOf("metrics")];
  const recorder = traces && startTracing({ ...settings, delivery: traces });
  if (traces !== undefined && recorder === undefined) return undefined;
  if (traces !== undefined) shareContext(parent);
  const loseMetrics = (cause: unknown) => losses.add(1, String(cause));
  const meters = measurements && startMetering({ ...settings, delivery: measurements });
  return {
    async flush(withinMs) {
      const deadlineMs = performance.now() + withinMs;
      recorder?.flush();
      await meters?.forceFlush({ timeoutMillis: withinMs }).catch(loseMetrics);
      await outbox.drain(deadlineMs - performance.now());
    },
    async shutdown(withinMs) {
      const deadlineMs = performance.now() + withinMs;
      await recorder?.shutdown();
      await meters?.shutdown({ timeoutMillis: withinMs }).catch(loseMetrics);
      await outbox.drain(deadlineMs - performance.now());
      outbox.end();
      losses.say();
    },
    flushNow(withinMs) {
      outbox.end();
      recorder?.flush();
      if (meters !== undefined) sendCollected(collectNow(meters), measurements);
      outbox.drainNow(withinMs);
      losses.say();
    },
    hasOpen: () => recorder?.hasOpen() ?? false,
    endOpen: (failure) => recorder?.endOpen(failure),
  };
}

function sendCollected(collected: ReturnType<typeof collectNow>, delivery: Delivery | undefined): void {
  if (collected.scopeMetrics.length > 0) delivery?.metrics(collected);
}

/** The SDK reads sampler and limits from `OTEL_*` itself. */
function startTracing({ env, parent, resource, delivery }: Settings & { delivery: Delivery }) {
  const recorder = new SpanRecorder({
    send: delivery.spans,
    batch: {
      delayMs: positive("OTEL_BSP_SCHEDULE_DELAY") ?? 5000,
      size: positive("OTEL_BSP_MAX_EXPORT_BATCH_SIZE") ?? 512,
    },
    extras: {
      attributes: parent.invalid === undefined ? {} : { "throughline.context.invalid": parent.invalid },
      links: parent.link === undefined ? [] : [{ context: spanContextOf(parent.link) }],
    },
  });
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ ...resourceAttributes(env), ...resource }),
    spanProcessors: [recorder],
  });
  return trace.setGlobalTracerProvider(provider) ? recorder : undefined;
}

function shareContext({ parent }: StepParent): void {
  context.setGlobalContextManager(taskContextManager(baseContext(parent)));
  propagation.setGlobalPropagator(taskPropagator());
}

/** What is given on top of the environment is the caller's to keep few; the environment's names of runs are left out. */
function startMetering({ env, resource, delivery }: Settings & { delivery: Delivery }) {
  const reader = new PeriodicExportingMetricReader({
    exporter: metricExporter(delivery, env),
    exportIntervalMillis: positive("OTEL_METRIC_EXPORT_INTERVAL") ?? 60_000,
  });
  const provider = new MeterProvider({
    resource: resourceFromAttributes({ ...metricResource(env), ...resource }),
    readers: [reader],
  });
  return metrics.setGlobalMeterProvider(provider) ? provider : undefined;
}

/** Up to what a timer of Node holds: one that is told more fires at once, again and again. */
function positive(name: string): number | undefined {
  const value = getNumberFromEnv(name);
  return value !== undefined && value > 0 ? Math.min(value, MAXIMUM_TIMER_MS) : undefined;
}

const MAXIMUM_TIMER_MS = 2 ** 31 - 1;
