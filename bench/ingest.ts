// How many spans per second `throughline up` acknowledges, which is to say: has made durable, and how much memory that takes.
//
//     npm run bench -- ingest [--seconds 120] [--connections 4] [--protocol http/protobuf|http/json|grpc]
//                             [--runs-per-request 20] [--profile DIR]
//
// This process is the load: requests of 20 runs, 1,000 spans (see support/spans.ts), encoded beforehand and given other ids,
// names and times each time they are sent. Each connection sends its next request when the last is acknowledged, and waits
// as told when the server is busy. Afterwards the store is opened and has to hold exactly what was acknowledged. Load and
// server share the machine's cores. `--profile` writes a V8 profile of the server there. Prints one JSON line.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./support/checkout.ts";
import { heading } from "./support/heading.ts";
import { type LoadResult, prepareLoad, runLoad } from "./support/load.ts";
import { whole } from "./support/options.ts";
import type { Protocol } from "./support/otlp-sender.ts";
import { quantiles } from "./support/quantiles.ts";
import { rounded } from "./support/rounded.ts";
import { storedCounts } from "./support/stored.ts";
import { startUp } from "./support/up.ts";
import { type Watched, watchProcess } from "./support/watch.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "120" },
    connections: { type: "string", default: "4" },
    protocol: { type: "string", default: "http/protobuf" },
    "runs-per-request": { type: "string", default: "20" },
    profile: { type: "string" },
  },
});
const seconds = whole("seconds", values.seconds);
const connections = whole("connections", values.connections);
const runsPerRequest = whole("runs-per-request", values["runs-per-request"]);
const protocol = protocolOf(values.protocol);
const nodeArguments = values.profile === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${values.profile}`];

const data = mkdtempSync(join(tmpdir(), "throughline-ingest-"));
try {
  const mills = prepareLoad({ connections, protocol, runsPerRequest });
  const up = await startUp({ root, data, nodeArguments });
  const watch = watchProcess(up.pid);
  const result = await runLoad({ mills, protocol, to: up, seconds });
  const watched = watch.stop();
  await up.stop();
  const stored = await storedCounts(data);
  console.log(JSON.stringify({ ...summary(result, watched), ...stored }));
  const { runs, spans } = result.acknowledged;
  if (stored.storedSpans !== spans || stored.storedRuns !== runs) {
    throw new Error("what is stored is not what was acknowledged");
  }
} finally {
  rmSync(data, { recursive: true, force: true });
}

function protocolOf(text: string): Protocol {
  if (text === "http/protobuf" || text === "http/json" || text === "grpc") return text;
  throw new Error(`--protocol ${text}: http/protobuf, http/json or grpc`);
}

function summary({ acknowledged, busyAnswers, ackMillis, elapsedMs, cpuMs }: LoadResult, server: Watched) {
  const { spans, requests, bytes } = acknowledged;
  return {
    ...heading("ingest"),
    protocol,
    connections,
    seconds: Math.round(elapsedMs / 1_000),
    spansPerSecond: Math.round((spans / elapsedMs) * 1_000),
    spansPerRequest: spans / requests,
    wireBytesPerSpan: Math.round(bytes / spans),
    acknowledgedSpans: spans,
    busyAnswers,
    ...quantiles(ackMillis),
    // Says more than the rate when others use the machine too.
    serverCpuMicrosPerSpan: rounded((server.cpuMs * 1_000) / spans, 1),
    loadCpuMicrosPerSpan: rounded((cpuMs * 1_000) / spans, 1),
    peakRssBytes: server.peakRssBytes,
    settledRssBytes: server.settledRssBytes,
    highWaterBytes: server.highWaterBytes,
  };
}
