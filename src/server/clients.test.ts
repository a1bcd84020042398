/** The clients people really use, against the whole server. */
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { NodeTracerProvider, SimpleSpanProcessor } from "@opentelemetry/sdk-trace-node";
import { beforeAll, describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "./server.testing.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});

const exporters = {
  grpc: () => new GrpcExporter({ url: server.addresses.otlpGrpc }),
  "http/protobuf": () => new ProtobufExporter({ url: `${server.addresses.otlpHttp}/v1/traces` }),
  "http/json": () => new JsonExporter({ url: `${server.addresses.otlpHttp}/v1/traces` }),
};

/** Runs a pipeline of one task, as a tool that follows the semantic conventions would tell it; answers the trace id. */
async function tellOfRun(name: string, exporter: ReturnType<(typeof exporters)[keyof typeof exporters]>) {
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ "service.name": "ci", "cicd.pipeline.name": name }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const span = provider.getTracer("test").startSpan(`RUN ${name}`, {
    attributes: { "cicd.pipeline.run.id": `${name}-1`, "cicd.pipeline.result": "success" },
  });
  span.end();
  await provider.forceFlush();
  await provider.shutdown();
  return span.spanContext().traceId;
}

describe.each(["grpc", "http/protobuf", "http/json"] as const)(
  "the OpenTelemetry SDK over %s",
  (protocol) => {
    it("tells of a run that is then found by its trace id and by its pipeline", async () => {
      const pipeline = `build-${protocol.replace("/", "-")}`;
      const traceId = await tellOfRun(pipeline, exporters[protocol]());
      const jaeger = await fetch(`${server.addresses.ui}/api/traces/${traceId}`);
      const { data } = (await jaeger.json()) as { data: { spans: { operationName: string }[] }[] };
      expect(data[0]?.spans.map(({ operationName }) => operationName)).toEqual([`RUN ${pipeline}`]);
      const insight = await fetch(`${server.addresses.ui}/api/v1/runs?pipeline=${pipeline}`);
      expect(await insight.json()).toMatchObject({ runs: [{ traceId, pipeline, result: "success" }] });
    });
  },
);
