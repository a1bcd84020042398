/** A failed run with spans of two programs inside its step, as their senders' OTLP. */
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { ProtobufTraceSerializer } from "@opentelemetry/otlp-transformer";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-node";
import { objectsOf } from "../../../test/load.ts";
import { received, receivedRequest } from "../../../test/received.ts";
import { smallRun } from "../../../test/small-run.ts";
import type { ReceivedSpan } from "../../otlp/index.ts";
import { buildTraces, type ResourceSpans } from "../../trace/index.ts";

/** When the run was created, in milliseconds. It took 41 seconds. */
export const CREATED = 1_787_044_502_000;
export const TRACE = "0f57e147e99243048977436289d10628";

export function sceneSpans(): ReceivedSpan[] {
  const run = failedRun();
  const step = run.spans.find(({ name }) => name === "step make");
  if (step === undefined) throw new Error("the run has no step");
  const inStep = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: step.traceId,
    spanId: step.spanId,
    traceFlags: 1,
  });
  return [...received([run]), ...receivedRequest(programSpans(inStep))];
}

function failedRun(): ResourceSpans {
  const steps = [{ name: "make", from: 2, to: 40, exitCode: 2 }];
  const tasks = [{ name: "build", from: 1, to: 41, reason: "Failed", steps }];
  const [run] = buildTraces(objectsOf(smallRun({ ended: 41, reason: "Failed", tasks }))).runs;
  if (run === undefined) throw new Error("the run has no trace");
  return run.resourceSpans;
}

/** `make` asks a cache, which has not got it. */
function programSpans(inStep: Context): Uint8Array {
  const exporter = new InMemorySpanExporter();
  const tracerOf = (name: string, spanId: string) =>
    new BasicTracerProvider({
      resource: resourceFromAttributes({ "service.name": name }),
      spanProcessors: [new SimpleSpanProcessor(exporter)],
      idGenerator: { generateTraceId: () => TRACE, generateSpanId: () => spanId },
    }).getTracer(`${name}-tracer`, "1.2.3");

  const elsewhere = { traceId: "a".repeat(32), spanId: "b".repeat(16), traceFlags: 1 };
  const make = tracerOf("make", "00000000000000aa").startSpan(
    "make all",
    {
      startTime: CREATED + 3_000,
      attributes: { "process.pid": 4711, targets: ["all", "test"] },
      links: [{ context: elsewhere }],
    },
    inStep,
  );
  const get = tracerOf("cache", "00000000000000bb").startSpan(
    "GET /layer",
    {
      startTime: CREATED + 4_000,
      kind: SpanKind.SERVER,
      attributes: { "http.response.status_code": 404 },
    },
    trace.setSpan(inStep, make),
  );
  get.addEvent("exception", { "exception.message": "no such layer" }, CREATED + 4_500);
  get.setStatus({ code: SpanStatusCode.ERROR, message: "no such layer" });
  get.end(CREATED + 5_000);
  make.end(CREATED + 39_000);
  return ProtobufTraceSerializer.serializeRequest(exporter.getFinishedSpans()) ?? new Uint8Array();
}
