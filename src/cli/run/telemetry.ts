/** The trace of what was run on this machine, and its way to where traces are kept. */
import { TektonKind } from "../../engine/index.ts";
import { CoreKind, type Kind, type KubeApi } from "../../kube/index.ts";
import { encodeProtobuf, openHttp } from "../../otlp/index.ts";
import { noObjects, readObject } from "../../tekton/index.ts";
import { buildTraces, type ResourceSpans, type RunTrace } from "../../trace/index.ts";
import { count } from "../count.ts";
import { deliver } from "../deliver.ts";
import type { Destination } from "../destination.ts";
import { Failure } from "../failure.ts";
import { resourceOf } from "../resource.ts";
import { DEFAULT_DATA } from "../server-file.ts";
import { type OtlpBody, spool } from "../spool.ts";
import { printable, type Terminal } from "../terminal.ts";
import { VERSION } from "../version.ts";

const KINDS: readonly Kind[] = [
  TektonKind.pipelineRun,
  TektonKind.taskRun,
  TektonKind.customRun,
  CoreKind.pod,
  CoreKind.event,
];

/** The traces of everything the API holds: the same a dump of it would give. */
export async function tracesOf(api: KubeApi, env: Terminal["env"]): Promise<RunTrace[]> {
  const objects = noObjects();
  for (const kind of KINDS) {
    const { items } = await api.list(kind);
    for (const item of items) readObject(item, objects);
  }
  return buildTraces(objects, { resource: resourceOf(env), version: VERSION }).runs;
}

/** Half a million spans of half a kilobyte are what a laptop can spare. */
const MAX_RECONCILE_SPANS = 200_000;

/** Collects the spans of reconcilers, up to a bound. */
export class ReconcileSpans {
  readonly collected: ResourceSpans[] = [];
  #count = 0;
  /** Spans left out above the bound. */
  leftOut = 0;

  add = (spans: ResourceSpans): void => {
    if (this.#count >= MAX_RECONCILE_SPANS) {
      this.leftOut += spans.spans.length;
      return;
    }
    this.#count += spans.spans.length;
    this.collected.push(spans);
  };
}

/** That a data directory cannot be one is known before anything runs. Throws {@link Failure}. */
export async function readyDestination(destination: Destination): Promise<void> {
  if (destination.kind !== "store") return;
  try {
    await spool(destination.directory, []);
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : String(fault);
    const directory = printable(destination.directory);
    throw new Failure(
      `${directory}: no data can be kept there (${printable(reason)}); name another with --data`,
    );
  }
}

/** Like `deliver`, but where there is only a store that nobody has open, the spans wait in its spool: that is quicker. */
export async function deliverRun(
  spans: readonly ResourceSpans[],
  destination: Destination,
  terminal: Terminal,
): Promise<boolean> {
  if (destination.kind !== "store") return deliver(spans, destination, terminal);
  const { directory } = destination;
  await spool(directory, [tracesBody(spans)]);
  const total = spans.reduce((sum, each) => sum + each.spans.length, 0);
  const data = directory === DEFAULT_DATA ? "" : ` --data ${printable(directory)}`;
  terminal.say(
    `${count(total, "span")} kept in ${printable(directory)}; look at them with: throughline up${data}`,
  );
  return true;
}

function tracesBody(spans: readonly ResourceSpans[]): OtlpBody {
  return { signal: "traces", contentType: "application/x-protobuf", body: encodeProtobuf(spans) };
}

export type Sink = (body: OtlpBody) => Promise<void>;

/** Where the telemetry of steps goes, body by body. Undefined where steps have to send it themselves. */
export function sinkOf(destination: Destination, say: (line: string) => void): Sink | undefined {
  switch (destination.kind) {
    case "collector":
      return collectorSink(destination.settings, say);
    case "nowhere":
      return async () => {};
    case "store":
      return (body) => spool(destination.directory, [body]);
    case "server":
      return (body) => forward(body, destination.settings);
  }
}

type CollectorSettings = Extract<Destination, { kind: "collector" }>["settings"];

const TRACES_PATH = /\/v1\/traces$/;

/** A collector takes over gRPC what is not encoded here; steps reach it themselves. */
function collectorSink(settings: CollectorSettings, say: (line: string) => void): Sink | undefined {
  if (settings.protocol === "grpc") return undefined;
  const unplaced = new Set<OtlpBody["signal"]>();
  return async ({ signal, contentType, body }) => {
    const url = new URL(settings.endpoint);
    if (signal !== "traces" && !TRACES_PATH.test(url.pathname)) {
      const reason = `nobody has said where the ${signal} of steps go; set OTEL_EXPORTER_OTLP_ENDPOINT`;
      if (!unplaced.has(signal)) say(reason);
      unplaced.add(signal);
      throw new Error(reason);
    }
    url.pathname = url.pathname.replace(TRACES_PATH, `/v1/${signal}`);
    const protocol = contentType === "application/json" ? "http/json" : "http/protobuf";
    const sender = await openHttp({ ...settings, protocol, endpoint: url.href });
    try {
      const attempt = await sender.send(body);
      if (attempt.kind !== "answered") throw new Error(attempt.reason);
    } finally {
      sender.close();
    }
  };
}

const FORWARD_MILLIS = 5_000;

async function forward(
  { signal, contentType, body }: OtlpBody,
  { endpoint, headers }: Extract<Destination, { kind: "server" }>["settings"],
): Promise<void> {
  const answer = await fetch(new URL(`/v1/${signal}`, endpoint), {
    method: "POST",
    headers: { ...headers, "content-type": contentType },
    body: Buffer.from(body),
    signal: AbortSignal.timeout(FORWARD_MILLIS),
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
}
