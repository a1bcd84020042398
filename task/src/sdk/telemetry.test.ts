import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";
import { describe, expect, it } from "vitest";
import {
  jsonTo,
  PARENT_ID,
  requestsIn,
  runProgram,
  spansOf,
  startReceiver,
  TRACE_ID,
  TRACEPARENT,
  temporaryDirectory,
} from "./sdk.testing.ts";

const ONE_SPAN = "startTaskTelemetry(); withSpan('work', () => {}); await shutdown();";

describe("startTaskTelemetry without an endpoint", () => {
  it("does nothing, and leaves the environment of commands as it is", async () => {
    const { stdout, stderr, code } = await runProgram(
      `const { isActive, reason } = startTaskTelemetry();
       await taskMetrics().measure(() => withSpan("a", () => runCommand("sh", ["-c", "echo $TRACEPARENT"])));
       console.log(isActive, reason, process.listenerCount("SIGTERM"), process.getActiveResourcesInfo().includes("Timeout"));
       await shutdown();`,
      { TRACEPARENT },
    );
    expect(stdout.split("\n")).toEqual([
      TRACEPARENT,
      "false no endpoint is set, or telemetry is switched off 0 false",
      "",
    ]);
    expect({ stderr, code }).toEqual({ stderr: "", code: 0 });
  });

  it.each([{ OTEL_SDK_DISABLED: "true" }, { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" }])(
    "stays off when the environment says %o",
    async (off) => {
      const receiver = await startReceiver();
      await runProgram(ONE_SPAN, { ...jsonTo(receiver.endpoint), ...off });
      expect(receiver.received).toEqual([]);
    },
  );

  it("says in one line that it does not speak gRPC", async () => {
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "http://127.0.0.1:4317", OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" };
    const { stderr, code } = await runProgram(ONE_SPAN, env);
    expect(stderr).toMatch(/^@throughline\/task: .*grpc.*\n$/);
    expect(code).toBe(0);
  });
});

describe("startTaskTelemetry with an endpoint", () => {
  it("sends protobuf, as OTLP has it by default, with the headers it is told", async () => {
    const receiver = await startReceiver();
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=a%20b",
    };
    await runProgram(ONE_SPAN, { ...env, TRACEPARENT });
    const [request] = receiver.received;
    expect(request?.path).toBe("/v1/traces");
    expect(request?.headers).toMatchObject({ "content-type": "application/x-protobuf", "x-tenant": "a b" });
    expect(decoded(request?.body)).toMatchObject({ name: "work", trace: TRACE_ID, parent: PARENT_ID });
  });

  it("takes the resource from the variables of the step, and more from the code", async () => {
    const receiver = await startReceiver();
    await runProgram("startTaskTelemetry({ resource: { team: 'a' } }); withSpan('work', () => {});", {
      ...jsonTo(receiver.endpoint),
      OTEL_RESOURCE_ATTRIBUTES: "tekton.step.name=unit%20test",
      OTEL_SERVICE_NAME: "build",
      TEKTON_PIPELINE_RUN: "ship-1",
      K8S_POD_NAME: "ship-1-build-pod",
    });
    expect(spansOf(receiver.requests())[0]?.resource).toEqual({
      "k8s.pod.name": "ship-1-build-pod",
      "service.name": "build",
      "tekton.pipelinerun.name": "ship-1",
      "tekton.step.name": "unit test",
      team: "a",
    });
  });

  it("begins a trace of its own when there is no context, and says which carrier was broken", async () => {
    const receiver = await startReceiver();
    const { stderr } = await runProgram(ONE_SPAN, {
      ...jsonTo(receiver.endpoint),
      TRACEPARENT: "00-nonsense",
    });
    const [span] = spansOf(receiver.requests());
    expect(span?.parentSpanId).toBeUndefined();
    expect(span?.attributes).toEqual({ "throughline.context.invalid": "TRACEPARENT" });
    expect(stderr).toMatch(/^@throughline\/task: .*malformed.*\n$/);
  });

  it("lets whatever instruments the process join the trace, deep in callbacks too", async () => {
    const receiver = await startReceiver();
    await runProgram(
      `startTaskTelemetry();
       setTimeout(() => trace.getTracer("other").startSpan("from elsewhere").end(), 1);
       await withSpan("outer", async () => {
         await new Promise((resolve) => setTimeout(resolve, 1));
         trace.getTracer("other").startSpan("inside").end();
       });
       const bound = withSpan("binding", () =>
         context.bind(context.active(), (name) => trace.getTracer("other").startSpan(name).end()));
       bound("bound");`,
      jsonTo(receiver.endpoint),
    );
    const spans = spansOf(receiver.requests());
    const outer = spans.find(({ name }) => name === "outer");
    expect(new Set(spans.map(({ traceId }) => traceId))).toEqual(new Set([TRACE_ID]));
    expect(spans.find(({ name }) => name === "from elsewhere")?.parentSpanId).toBe(PARENT_ID);
    expect(spans.find(({ name }) => name === "inside")?.parentSpanId).toBe(outer?.spanId);
    const binding = spans.find(({ name }) => name === "binding");
    expect(spans.find(({ name }) => name === "bound")?.parentSpanId).toBe(binding?.spanId);
  });

  it("leaves the field to an SDK that was there before", async () => {
    const receiver = await startReceiver();
    const { stdout } = await runProgram(
      `trace.setGlobalTracerProvider({ getTracer: () => ({ startSpan: (name) => (console.log(name), trace.wrapSpanContext({})) }) });
       console.log(startTaskTelemetry().isActive);
       withSpan("theirs", () => {});`,
      jsonTo(receiver.endpoint),
    );
    expect(stdout).toBe("false\ntheirs\n");
  });

  it("answers the first telemetry to a second start", async () => {
    const receiver = await startReceiver();
    const source = "console.log(startTaskTelemetry() === startTaskTelemetry());";
    expect((await runProgram(source, jsonTo(receiver.endpoint))).stdout).toBe("true\n");
  });
});

describe("sampling", () => {
  it("sends nothing under a parent that is not recorded, and tells commands so", async () => {
    const receiver = await startReceiver();
    const { stdout } = await runProgram(
      "startTaskTelemetry(); await runCommand('sh', ['-c', 'echo $TRACEPARENT']);",
      { ...jsonTo(receiver.endpoint), TRACEPARENT: TRACEPARENT.replace(/01$/, "00") },
    );
    expect(stdout).toMatch(new RegExp(`^00-${TRACE_ID}-(?!${PARENT_ID})[0-9a-f]{16}-00\n$`));
    expect(receiver.received).toEqual([]);
  });

  it.each([
    ["always_off", "1", 0],
    ["parentbased_always_off", "1", 1],
    ["traceidratio", "0", 0],
    ["always_on", "0", 1],
  ])("honours OTEL_TRACES_SAMPLER=%s with argument %s", async (sampler, argument, count) => {
    const receiver = await startReceiver();
    const settings = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: argument };
    await runProgram(ONE_SPAN, { ...jsonTo(receiver.endpoint), ...settings });
    expect(spansOf(receiver.requests())).toHaveLength(count);
  });
});

describe("the context of an earlier task", () => {
  const SAVED = "00-11111111111111111111111111111111-2222222222222222-01";

  async function spanBeside(saved: { isOld?: boolean }, env: Record<string, string>) {
    const receiver = await startReceiver();
    const file = join(temporaryDirectory(), "traceparent.json");
    writeFileSync(file, JSON.stringify({ traceparent: SAVED }));
    if (saved.isOld) utimesSync(file, 1, 1);
    const settings = { ...jsonTo(receiver.endpoint), THROUGHLINE_CONTEXT_FILE: file, ...env };
    await runProgram(ONE_SPAN, settings);
    return spansOf(receiver.requests())[0];
  }

  it("is the parent where the step has none", async () => {
    const span = await spanBeside({}, { TRACEPARENT: "" });
    expect(span).toMatchObject({ traceId: "1".repeat(32), parentSpanId: "2".repeat(16), links: [] });
  });

  it("is a link where the step has a parent", async () => {
    const span = await spanBeside({}, {});
    expect(span).toMatchObject({ traceId: TRACE_ID, parentSpanId: PARENT_ID });
    expect(span?.links).toMatchObject([{ traceId: "1".repeat(32), spanId: "2".repeat(16) }]);
  });

  it("is only linked when it was saved on another day", async () => {
    const span = await spanBeside({ isOld: true }, { TRACEPARENT: "" });
    expect(span?.parentSpanId).toBeUndefined();
    expect(span?.links).toMatchObject([{ spanId: "2".repeat(16) }]);
    expect(span?.attributes).toEqual({ "throughline.context.invalid": "file" });
  });

  it("is saved by one task and loaded by the next", async () => {
    const receiver = await startReceiver();
    const env = {
      ...jsonTo(receiver.endpoint),
      THROUGHLINE_CONTEXT_FILE: join(temporaryDirectory(), "c.json"),
    };
    await runProgram("startTaskTelemetry(); withSpan('first', () => console.log(saveTraceContext()));", env);
    const next = "startTaskTelemetry(); withSpan('next', { parent: loadTraceContext() }, () => {});";
    await runProgram(next, env);
    const [first, second] = spansOf(receiver.requests());
    expect(second?.parentSpanId).toBe(first?.spanId);
  });

  it("cannot be saved to a read-only workspace, which is said once and breaks nothing", async () => {
    const { stdout, stderr, code } = await runProgram("console.log(saveTraceContext('/proc/none/c.json'));", {
      TRACEPARENT,
    });
    expect({ stdout, code }).toEqual({ stdout: "false\n", code: 0 });
    expect(stderr).toMatch(/^@throughline\/task: cannot write context file \/proc\/none\/c.json: .*\n$/);
  });
});

describe("the spool", () => {
  it("gets a line for each request, none longer than 64 KiB, even of spans that are ended all at once", async () => {
    const spool = join(temporaryDirectory(), "telemetry.jsonl");
    const source = `startTaskTelemetry();
      for (let i = 0; i < 5000; i++) withSpan("s" + i, { attributes: { text: "x".repeat(200) } }, () => {});`;
    await runProgram(source, { THROUGHLINE_SPOOL: spool, TRACEPARENT });
    const lines = requestsIn(spool);
    expect(new Set(spansOf(lines).map(({ name }) => name)).size).toBe(5000);
    expect(Math.max(...lines.map((line) => Buffer.byteLength(line)))).toBeLessThan(64 * 1024);
  });

  it("loses a span that is larger than a line may be, and says so", async () => {
    const spool = join(temporaryDirectory(), "telemetry.jsonl");
    const source = `startTaskTelemetry();
      withSpan("huge", { attributes: { text: "x".repeat(100_000) } }, () => {}); withSpan("small", () => {});`;
    const { stderr } = await runProgram(source, { THROUGHLINE_SPOOL: spool });
    expect(spansOf(requestsIn(spool)).map(({ name }) => name)).toEqual(["small"]);
    expect(stderr).toBe("@throughline/task: 1 span or metric not sent: a span is larger than 64 KiB\n");
  });

  it("that cannot be written costs nothing where nobody reads stderr either", async () => {
    const { stdout } = await runProgram(
      `if (process.env.IS_INNER === undefined) {
         const { spawn } = await import("node:child_process");
         const env = { ...process.env, IS_INNER: "1" };
         const inner = spawn(process.execPath, [process.argv[1]], { env, stdio: ["ignore", "inherit", "pipe"] });
         inner.stderr.destroy();
       } else {
         ${ONE_SPAN}
         setTimeout(() => console.log("went on"), 1);
       }`,
      { THROUGHLINE_SPOOL: "/proc/no/such", TRACEPARENT },
    );
    expect(stdout).toBe("went on\n");
  });

  it("that cannot be written costs one line on stderr", async () => {
    const { stderr, code } = await runProgram(ONE_SPAN, { THROUGHLINE_SPOOL: "/proc/none/telemetry.jsonl" });
    expect(stderr).toMatch(/^@throughline\/task: 1 span or metric not sent: ENOENT.*\n$/);
    expect(code).toBe(0);
  });
});

describe("withSpan", () => {
  it("answers what the function answers, and throws what it throws, which the span records without secrets", async () => {
    const receiver = await startReceiver();
    const { stdout } = await runProgram(
      `startTaskTelemetry();
       console.log(withSpan("sync", () => 1), await withSpan("async", async () => 2));
       for (const fn of [() => { throw new TypeError("token=abc") }, async () => { throw new TypeError("token=abc") }])
         try { await withSpan("failing", fn) } catch (error) { console.log(error.message) }`,
      jsonTo(receiver.endpoint),
    );
    expect(stdout).toBe("1 2\ntoken=abc\ntoken=abc\n");
    const failing = spansOf(receiver.requests()).filter(({ name }) => name === "failing");
    expect(failing).toHaveLength(2);
    for (const { status, attributes, events } of failing) {
      expect(status).toEqual({ code: 2, message: "token=[redacted]" });
      expect(attributes).toEqual({ "error.type": "TypeError" });
      expect(events[0]?.attributes["exception.stacktrace"]).toContain("TypeError: token=[redacted]");
    }
  });
});

it("what is thrown may be anything, and is thrown on as it is", async () => {
  const receiver = await startReceiver();
  const { stdout } = await runProgram(
    `startTaskTelemetry();
     const odd = Object.assign(new Error(), { message: { toString: null } });
     for (const thrown of [Object.create(null), Symbol("s"), undefined, odd])
       try { withSpan("failing", () => { throw thrown }) } catch (error) { console.log(error === thrown) }`,
    jsonTo(receiver.endpoint),
  );
  expect(stdout).toBe("true\ntrue\ntrue\ntrue\n");
  const statuses = spansOf(receiver.requests()).map(({ status }) => [status.code, status.message]);
  expect(statuses).toEqual([
    [2, "what was thrown cannot be shown"],
    [2, "Symbol(s)"],
    [2, "undefined"],
    [2, "what was thrown cannot be shown"],
  ]);
});

/** The first span of a protobuf request, by the field numbers of OTLP's `trace.proto`. */
function decoded(body: Buffer = Buffer.alloc(0)) {
  const { root } = protobuf.parse(`syntax = "proto3";
    message Span { bytes trace = 1; bytes id = 2; bytes parent = 4; string name = 5; }
    message Scope { repeated Span spans = 2; }
    message Resource { repeated Scope scopes = 2; }
    message Request { repeated Resource resources = 1; }`);
  const type = root.lookupType("Request");
  const { resources = [] } = type.toObject(type.decode(body), { bytes: Buffer });
  const { name, trace, parent } = resources[0].scopes[0].spans[0];
  return { name, trace: hex(trace), parent: hex(parent) };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
