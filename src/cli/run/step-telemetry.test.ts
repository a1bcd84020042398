import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { settingsFromEnvironment } from "../../otlp/index.ts";
import type { Destination } from "../destination.ts";
import { type StepTelemetry, startStepTelemetry } from "./step-telemetry.ts";

interface Arrival {
  url: string | undefined;
  type: string | undefined;
  authorization: string | undefined;
  body: string;
}

async function readArrival(request: IncomingMessage): Promise<Arrival> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const { authorization, "content-type": type } = request.headers;
  return { url: request.url, type, authorization, body: Buffer.concat(chunks).toString() };
}

const arrivals: Arrival[] = [];
const collector = createServer(async (request, response) => {
  arrivals.push(await readArrival(request));
  response.writeHead(request.url?.startsWith("/refusing") ? 400 : 200).end("{}");
});
let url = "";
const folder = mkdtempSync(join(tmpdir(), "throughline-step-telemetry-"));
beforeAll(async () => {
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
});
afterAll(() => {
  collector.close();
  rmSync(folder, { recursive: true, force: true });
});

function collectorAt(endpoint: string, protocol = "http/protobuf", variable = "ENDPOINT"): Destination {
  const settings = settingsFromEnvironment({
    [`OTEL_EXPORTER_OTLP_${variable}`]: endpoint,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_HEADERS: "authorization=Bearer t",
  });
  if (settings === undefined) throw new Error("there are no settings");
  return { kind: "collector", settings };
}

const said: string[] = [];

interface Given {
  collector?: string;
  areDrawn?: boolean;
  areWritten?: boolean;
}

function start(
  destination: Destination,
  { collector, areDrawn = false, areWritten = false }: Given = {},
): Promise<StepTelemetry> {
  const spansHere = { areDrawn, areWritten };
  const say = (line: string) => void said.push(line);
  return startStepTelemetry({ destination, spans: spansHere, collector, say });
}

const spans = { signal: "traces" as const, body: Buffer.from('{"resourceSpans":[]}') };
const metrics = { signal: "metrics" as const, body: Buffer.from('{"resourceMetrics":[]}') };

describe("what steps leave in their spools", () => {
  it("goes to the collector that was named, each signal to its path, with the headers it asks for", async () => {
    const telemetry = await start(collectorAt(`${url}/otlp`), { collector: `${url}/otlp` });
    for (const body of [spans, metrics]) telemetry.collect?.(body);
    await telemetry.end();
    const sent = { type: "application/json", authorization: "Bearer t" };
    expect(arrivals.splice(0).sort((a, b) => a.body.localeCompare(b.body))).toEqual([
      { ...sent, url: "/otlp/v1/metrics", body: metrics.body.toString() },
      { ...sent, url: "/otlp/v1/traces", body: spans.body.toString() },
    ]);
    expect(telemetry.endpoint).toBe(`${url}/otlp`);
    expect(telemetry.lost()).toEqual({ requests: 0, lines: 0 });
  });

  it("counts when the collector refuses it, or nobody has said where it goes, which is said once", async () => {
    const refusing = await start(collectorAt(`${url}/refusing`));
    refusing.collect?.(spans);
    await refusing.end();
    expect(refusing.lost()).toEqual({ requests: 1, lines: 0 });
    const onlyTraces = await start(collectorAt(`${url}/mine`, "http/json", "TRACES_ENDPOINT"));
    for (const body of [spans, metrics, metrics]) onlyTraces.collect?.(body);
    await onlyTraces.end();
    expect(onlyTraces.lost()).toEqual({ requests: 2, lines: 0 });
    expect(said.splice(0)).toEqual([
      "nobody has said where the metrics of steps go; set OTEL_EXPORTER_OTLP_ENDPOINT",
    ]);
    expect(arrivals.splice(0).map(({ url: path }) => path)).toEqual(["/refusing/v1/traces", "/mine"]);
  });

  it("is not asked for where it cannot be handed on: steps send it themselves", async () => {
    const telemetry = await start(collectorAt(url, "grpc"), { collector: url });
    expect([telemetry.collect, telemetry.endpoint]).toEqual([undefined, url]);
    await telemetry.end();
  });

  it("is asked for also where nothing is kept: what a step sees does not depend on that", async () => {
    for (const here of [{}, { areDrawn: true }, { areWritten: true }]) {
      const telemetry = await start({ kind: "nowhere" }, here);
      telemetry.collect?.(spans);
      await telemetry.end();
      expect([telemetry.collect, telemetry.endpoint]).not.toContain(undefined);
      expect(telemetry.sent === undefined).toBe(Object.keys(here).length === 0);
    }
  });

  it("is handed on with what they send where a collector is named for spans alone", async () => {
    const telemetry = await start(collectorAt(`${url}/mine`, "http/json", "TRACES_ENDPOINT"));
    const headers = { "content-type": "application/x-protobuf" };
    const answer = await fetch(`${telemetry.endpoint}/v1/traces`, { method: "POST", headers, body: "" });
    await telemetry.end();
    expect(answer.status).toBe(200);
    expect(arrivals.splice(0)).toMatchObject([{ url: "/mine", type: "application/x-protobuf" }]);
  });

  it("waits in the spool of the data directory, as what they send does", async () => {
    const telemetry = await start({ kind: "store", directory: folder });
    telemetry.collect?.(metrics);
    const answer = await fetch(`${telemetry.endpoint}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: spans.body.toString(),
    });
    expect(answer.status).toBe(200);
    await telemetry.end();
    const signals = readdirSync(join(folder, "spool")).map((file) => file.split(".").slice(1).join("."));
    expect(signals.sort()).toEqual(["metrics.json", "traces.json"]);
  });
});
