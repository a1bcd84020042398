// How many spans per second one thread decodes out of OTLP, protobuf and JSON, against what else reads the same bytes:
// protobufjs (to its messages, and on to plain objects with exact integers), and for JSON the least it can cost,
// JSON.parse. All take turns, so that a slow moment of the machine meets each. Prints one JSON line.
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { decodeTraces } from "../src/otlp/index.ts";
import { decode, decodeToMessages, encode } from "../src/otlp/proto.testing.ts";
import { heading } from "./support/heading.ts";
import { whole } from "./support/options.ts";
import { rounded } from "./support/rounded.ts";

const { values } = parseArgs({
  options: {
    spans: { type: "string", default: "1000" },
    rounds: { type: "string", default: "300" },
  },
});

const REQUEST = "ExportTraceServiceRequest";
const SPANS_PER_TASK = 6;
const TASKS_PER_RUN = 8;
const WARM_UP_ROUNDS = 30;

const spanCount = whole("spans", values.spans);
const roundCount = whole("rounds", values.rounds);
const request = requestOf(spanCount);
const protobuf = encode(REQUEST, request);
const json = Buffer.from(JSON.stringify(request, hexIds));
const contenders = {
  protobuf: () => decodeTraces(protobuf, "application/x-protobuf"),
  json: () => decodeTraces(json, "application/json"),
  protobufjs: () => decode(REQUEST, protobuf),
  protobufjsMessages: () => decodeToMessages(REQUEST, protobuf),
  jsonParse: () => JSON.parse(json.toString()),
};

for (const each of [contenders.protobuf(), contenders.json()]) {
  if (each.kind === "malformed" || each.spans.length !== spanCount) throw new Error("spans were lost");
}
takeTurns(WARM_UP_ROUNDS);
console.log(JSON.stringify(summary(takeTurns(roundCount))));

type Times = Record<"protobuf" | "json" | "protobufjs" | "protobufjsMessages" | "jsonParse", number[]>;

function takeTurns(rounds: number): Times {
  const times: Times = { protobuf: [], json: [], protobufjs: [], protobufjsMessages: [], jsonParse: [] };
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const started = performance.now();
      run();
      times[name as keyof Times].push(performance.now() - started);
    }
  }
  return times;
}

function summary(times: Times) {
  const protobufRate = spansPerSecond(times.protobuf, 0.5);
  const protobufjsRate = spansPerSecond(times.protobufjs, 0.5);
  return {
    ...heading("decode"),
    spans: spanCount,
    resources: request.resourceSpans.length,
    rounds: roundCount,
    protobufBytesPerSpan: Math.round(protobuf.length / spanCount),
    jsonBytesPerSpan: Math.round(json.length / spanCount),
    protobufSpansPerSecond: protobufRate,
    protobufSpansPerSecondSlowest5Percent: spansPerSecond(times.protobuf, 0.95),
    jsonSpansPerSecond: spansPerSecond(times.json, 0.5),
    jsonParseSpansPerSecond: spansPerSecond(times.jsonParse, 0.5),
    protobufjsSpansPerSecond: protobufjsRate,
    protobufjsMessagesSpansPerSecond: spansPerSecond(times.protobufjsMessages, 0.5),
    ratioToProtobufjs: rounded(protobufRate / protobufjsRate, 1),
  };
}

function spansPerSecond(millis: number[], quantile: number): number {
  const sorted = millis.toSorted((a, b) => a - b);
  const taken = sorted[Math.floor(quantile * (sorted.length - 1))] ?? Number.NaN;
  return Math.round((spanCount / taken) * 1_000);
}

/** As the steps' own exporters send them: a resource for each TaskRun, with its steps' spans. */
function requestOf(spans: number) {
  const tasks = Array.from({ length: Math.ceil(spans / SPANS_PER_TASK) }, (_, task) => task);
  const resourceSpans = tasks.map((task) => {
    const count = Math.min(SPANS_PER_TASK, spans - task * SPANS_PER_TASK);
    const steps = Array.from({ length: count }, (_, step) => spanOf(task, step));
    const scope = { name: "throughline", version: "1.0.0" };
    return { resource: { attributes: resourceOf(task) }, scopeSpans: [{ scope, spans: steps }] };
  });
  return { resourceSpans };
}

function resourceOf(task: number) {
  const pod = `build-and-test-${runOf(task)}-task-${task}-pod`;
  return attributes({
    "service.name": "build-and-test",
    "service.namespace": `team-${runOf(task) % 7}`,
    "service.version": "1.14.2",
    "k8s.cluster.name": "prod-eu-1",
    "k8s.namespace.name": `team-${runOf(task) % 7}`,
    "k8s.pod.name": pod,
    "k8s.pod.uid": digest(pod, 16).toString("hex"),
    "k8s.node.name": `node-${task % 40}.eu-1.internal.example`,
    "host.arch": "amd64",
    "telemetry.sdk.language": "nodejs",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "2.12.1",
  });
}

function spanOf(task: number, step: number) {
  const run = runOf(task);
  const startNs = 1_787_044_509_412_000_000n + BigInt(task * 1_000_003 + step * 7_001);
  return {
    traceId: digest(`run ${run}`, 16),
    spanId: digest(`step ${task} ${step}`, 8),
    parentSpanId: digest(`task ${task}`, 8),
    name: `step stage-${step}`,
    kind: 1,
    startTimeUnixNano: startNs.toString(),
    endTimeUnixNano: (startNs + 20_000_000_000n).toString(),
    attributes: [
      ...attributes({
        "throughline.type": "step",
        "tekton.pipelinerun.name": `build-and-test-${run}`,
        "tekton.pipelinerun.uid": digest(`uid ${run}`, 16).toString("hex"),
        "tekton.pipeline.name": "build-and-test",
        "tekton.taskrun.name": `build-and-test-${run}-task-${task}`,
        "tekton.pipeline_task.name": `task-${task % TASKS_PER_RUN}`,
        "tekton.step.name": `stage-${step}`,
        "vcs.ref.head.revision": digest(`commit ${run}`, 20).toString("hex"),
        "cicd.pipeline.task.run.result": "success",
      }),
      { key: "process.exit.code", value: { intValue: "0" } },
    ],
    events: [
      {
        timeUnixNano: startNs.toString(),
        name: "terminated",
        attributes: attributes({ "tekton.reason": "Completed" }),
      },
    ],
    flags: 0x101,
  };
}

function runOf(task: number): number {
  return Math.floor(task / TASKS_PER_RUN);
}

function attributes(texts: Record<string, string>) {
  return Object.entries(texts).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

function digest(text: string, bytes: number): Buffer {
  return createHash("sha256").update(text).digest().subarray(0, bytes);
}

/** JSON.stringify hands over a Buffer as what its `toJSON` made of it. */
function hexIds(_key: string, value: unknown): unknown {
  const isBytes = typeof value === "object" && value !== null && "data" in value;
  return isBytes ? Buffer.from(value.data as number[]).toString("hex") : value;
}
