import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  jsonTo,
  metricsOf,
  requestsIn,
  runProgram,
  spansOf,
  startProgram,
  startReceiver,
  temporaryDirectory,
} from "./sdk.testing.ts";

const WAIT_INSIDE = `startTaskTelemetry();
  withSpan("done", () => {});
  await taskMetrics().measure(() => withSpan("open", async () => {
    console.log("ready");
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  }));`;

/** The same program with an endpoint and with a spool; answers what arrived, and how the program ended. */
async function bothWays(
  source: string,
  stop: (program: ReturnType<typeof startProgram>) => Promise<void> | void,
) {
  const receiver = await startReceiver();
  const spool = join(temporaryDirectory(), "telemetry.jsonl");
  const results = [];
  for (const env of [jsonTo(receiver.endpoint), { THROUGHLINE_SPOOL: spool }]) {
    const program = startProgram(source, env);
    await stop(program);
    const ended = await program.ended;
    const isSpool = "THROUGHLINE_SPOOL" in env;
    const traces = isSpool ? requestsIn(spool) : receiver.requests("/v1/traces");
    const metrics = isSpool ? requestsIn(spool) : receiver.requests("/v1/metrics");
    results.push({ ended, spans: spansOf(traces), metrics: metricsOf(metrics) });
  }
  return results;
}

describe("a natural end", () => {
  it("sends everything, although nobody called shutdown", async () => {
    const source = `startTaskTelemetry(); withSpan("a", () => {}); taskMetrics().artifactSize("image", 7);`;
    for (const { ended, spans, metrics } of await bothWays(source, () => {})) {
      expect(ended).toMatchObject({ code: 0, stderr: "" });
      expect(spans.map(({ name }) => name)).toEqual(["a"]);
      expect(metrics.map(({ name }) => name)).toEqual(["tekton.task.artifact.size"]);
    }
  });

  it("with a promise that nobody settles is the failure that Node makes of it", async () => {
    const source = `startTaskTelemetry();
      await taskMetrics().measure(() => withSpan("open", () => new Promise(() => {})));`;
    for (const { ended, spans, metrics } of await bothWays(source, () => {})) {
      expect(ended.code).toBe(13);
      expect(spans.map(({ name, attributes }) => [name, attributes["error.type"]])).toEqual([
        ["open", "exit_code_13"],
      ]);
      const results = metrics.map(({ points }) => points[0]?.attributes["cicd.pipeline.task.run.result"]);
      expect(results).toEqual(["failure", "failure"]);
    }
  });

  it("that shutdown prepared sends nothing twice, however often it is called", async () => {
    const source = `process.env.OTEL_BSP_SCHEDULE_DELAY = "1"; const telemetry = startTaskTelemetry();
      withSpan("a", () => {}); taskMetrics().completion("success");
      await Promise.all([telemetry.shutdown(), shutdown()]); await shutdown();
      withSpan("too late", () => {}); taskMetrics().completion("success");
      setTimeout(() => {}, 50);`;
    for (const { spans, metrics } of await bothWays(source, () => {})) {
      expect(spans.map(({ name }) => name)).toEqual(["a"]);
      expect(metrics).toHaveLength(1);
    }
  });
});

describe("a signal", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "%s ends open spans as failed, and the process by that signal",
    async (signal) => {
      const results = await bothWays(WAIT_INSIDE, async (program) => {
        await program.printed("ready");
        program.kill(signal);
      });
      for (const { ended, spans, metrics } of results) {
        expect(ended).toMatchObject({ code: null, signal, stderr: "" });
        expect(spans.map(({ name, status }) => [name, status.code ?? 0])).toEqual([
          ["done", 0],
          ["open", 2],
        ]);
        expect(spans[1]?.attributes).toEqual({ "error.type": signal });
        const results = metrics.map(({ points }) => points[0]?.attributes["cicd.pipeline.task.run.result"]);
        expect(results).toEqual(["cancellation", "cancellation"]);
      }
    },
  );

  it("that somebody else listens to is theirs to act on", async () => {
    const source = `process.once("SIGTERM", () => setTimeout(() => { console.log("cleaned up"); process.exit(9) }, 50));
      ${WAIT_INSIDE}`;
    const results = await bothWays(source, async (program) => {
      await program.printed("ready");
      program.kill("SIGTERM");
    });
    for (const { ended, spans } of results) {
      expect(ended).toMatchObject({ code: 9, stdout: "ready\ncleaned up\n" });
      expect(spans.map(({ name, attributes }) => [name, attributes["error.type"]])).toEqual([
        ["done", undefined],
        ["open", "exit_code_9"],
      ]);
    }
  });

  it("ends a program that has loaded signal-exit, which waits for others to decide as we do", async () => {
    // What that package does when it is loaded (4.1.0), without its callbacks.
    const signalExit = `const emitter = (globalThis[Symbol.for("signal-exit emitter")] = { count: 1 });
      process.on("SIGTERM", function listener() {
        if (process.listeners("SIGTERM").length !== emitter.count) return;
        process.off("SIGTERM", listener);
        emitter.count = 0;
        process.kill(process.pid, "SIGTERM");
      });`;
    const results = await bothWays(signalExit + WAIT_INSIDE, async (program) => {
      await program.printed("ready");
      program.kill("SIGTERM");
    });
    for (const { ended, spans } of results) {
      expect(ended.code ?? ended.signal).toBe(143);
      expect(spans.at(-1)).toMatchObject({ name: "open", attributes: { "error.type": "SIGTERM" } });
    }
  });

  it("reaches the commands that run", async () => {
    const source = `startTaskTelemetry();
      console.log(JSON.stringify(await runCommand("sh", ["-c", "trap 'echo stopped; exit 4' TERM; echo ready; while :; do sleep 0.1; done"])));`;
    const [result] = await bothWays(source, async (program) => {
      await program.printed("ready");
      program.kill("SIGTERM");
    });
    expect(result?.ended.stdout).toContain("stopped");
  });
});

describe("a crash", () => {
  const CRASHES = {
    "an uncaught error": `setTimeout(() => { throw new RangeError("token=abc went wrong") }, 1);`,
    "an unhandled rejection": `Promise.reject(new RangeError("token=abc went wrong"));`,
  };

  it.each(Object.entries(CRASHES))(
    "by %s ends the process as Node does, and open spans with the error",
    async (_, crash) => {
      const source = `startTaskTelemetry(); taskMetrics().measure(() => withSpan("open", () => new Promise(() => {}))); ${crash}
      setTimeout(() => {}, 60_000);`;
      for (const { ended, spans, metrics } of await bothWays(source, () => {})) {
        expect(ended).toMatchObject({ code: 1, signal: null });
        expect(ended.stderr).toContain("RangeError: token=abc went wrong\n    at ");
        const [span] = spans;
        expect(span).toMatchObject({
          name: "open",
          status: { code: 2, message: "token=[redacted] went wrong" },
        });
        expect(span?.attributes).toEqual({ "error.type": "RangeError" });
        expect(span?.events[0]?.attributes["exception.message"]).toBe("token=[redacted] went wrong");
        expect(metrics.map(({ points }) => points[0]?.attributes["cicd.pipeline.task.run.result"])).toEqual([
          "failure",
          "failure",
        ]);
      }
    },
  );

  it("that somebody else handles changes nothing", async () => {
    const source = `startTaskTelemetry(); process.on("uncaughtException", () => console.log("handled"));
      withSpan("open", () => new Promise((resolve) => setTimeout(resolve, 50)));
      setTimeout(() => { throw new Error("x") }, 1);`;
    for (const { ended, spans } of await bothWays(source, () => {})) {
      expect(ended).toMatchObject({ code: 0, stdout: "handled\n" });
      expect(spans).toMatchObject([{ name: "open", status: { code: 0 } }]);
    }
  });
});

describe("process.exit", () => {
  it.each([
    [0, undefined],
    [3, "exit_code_3"],
  ])("with code %i inside of a span still sends what there is", async (code, errorType) => {
    const source = `startTaskTelemetry(); withSpan("done", () => {}); taskMetrics().completion("success");
      await withSpan("open", async () => process.exit(${code}));`;
    for (const { ended, spans, metrics } of await bothWays(source, () => {})) {
      expect(ended).toMatchObject({ code, stderr: "" });
      expect(spans.map(({ name, attributes }) => [name, attributes["error.type"]])).toEqual([
        ["done", undefined],
        ["open", errorType],
      ]);
      expect(metrics.map(({ name }) => name)).toEqual(["tekton.task.completions"]);
    }
  });

  it("right after a shutdown that nobody awaited loses nothing", async () => {
    const source = `startTaskTelemetry(); withSpan("a", () => {}); shutdown(); process.exit(0);`;
    for (const { spans } of await bothWays(source, () => {}))
      expect(spans.map(({ name }) => name)).toContain("a");
  });
});

describe("a receiver that", () => {
  const ENDS = {
    "shutdown()": "await shutdown();",
    "a natural end": "",
    "process.exit": "process.exit(5);",
  };
  const program = (end: string, options = "") =>
    `startTaskTelemetry(${options}); withSpan("a", () => {}); process.exitCode = 5; ${end}`;

  it.each(Object.entries(ENDS))(
    "hangs costs no more than the bound, and never the exit code, at %s",
    async (_, end) => {
      const receiver = await startReceiver(() => {});
      const source = program(end, "{ shutdownTimeoutMs: 200 }");
      const { code, stderr } = await runProgram(source, jsonTo(receiver.endpoint));
      expect(code).toBe(5);
      expect(stderr).toMatch(/^@throughline\/task: 1 span or metric not sent: .*no answer.*\n$/);
    },
  );

  it.each(Object.entries(ENDS))("is not there costs one line on stderr, at %s", async (_, end) => {
    const { code, stderr } = await runProgram(program(end), jsonTo("http://127.0.0.1:1"));
    expect(code).toBe(5);
    expect(stderr).toMatch(/^@throughline\/task: 1 span or metric not sent: .*connection refused\n$/);
  });

  it("answers 500 is not asked again; one that answers 503 is, once", async () => {
    for (const [status, attempts] of [
      [500, 1],
      [503, 2],
    ] as const) {
      const receiver = await startReceiver((response) => response.writeHead(status).end("no"));
      const { stderr } = await runProgram(program("await shutdown();"), jsonTo(receiver.endpoint));
      expect(receiver.received).toHaveLength(attempts);
      expect(stderr).toContain(`answered ${status}`);
    }
  });

  it("first refuses and then hangs costs no more than the bound, either", async () => {
    const receiver = await startReceiver((response) => {
      if (receiver.received.length === 1) response.writeHead(503).end();
    });
    const source = `startTaskTelemetry({ shutdownTimeoutMs: 300 });
      withSpan("a", () => {});
      await new Promise((resolve) => setTimeout(resolve, 200));
      withSpan("b", () => {});
      const started = performance.now();
      await shutdown();
      console.log(performance.now() - started < 3000);`;
    const env = { ...jsonTo(receiver.endpoint), OTEL_BSP_SCHEDULE_DELAY: "1" };
    const { stdout, stderr } = await runProgram(source, env);
    expect(stdout).toBe("true\n");
    expect(stderr).toMatch(/: 2 spans or metrics not sent: .*: no answer in time\n$/);
  });

  it("was not ready at first is tried again at the end", async () => {
    const answers = [503];
    const receiver = await startReceiver((response) => response.writeHead(answers.pop() ?? 200).end("{}"));
    const source = `startTaskTelemetry(); withSpan("a", () => {}); setTimeout(() => {}, 100);`;
    const env = { ...jsonTo(receiver.endpoint), OTEL_BSP_SCHEDULE_DELAY: "1" };
    expect(await runProgram(source, env)).toMatchObject({ code: 0, stderr: "" });
    expect(receiver.received).toHaveLength(2);
  });

  it("has a certificate that cannot be read costs one line on stderr", async () => {
    const env = { ...jsonTo("https://127.0.0.1:1"), OTEL_EXPORTER_OTLP_CERTIFICATE: "/no/such.pem" };
    const { code, stderr } = await runProgram(program("await shutdown();"), env);
    expect(code).toBe(5);
    expect(stderr).toMatch(/^@throughline\/task: 1 span or metric not sent: .*\/no\/such.pem.*\n$/);
  });

  it("is slow gets everything of a burst, without a word", async () => {
    const receiver = await startReceiver((response) => setTimeout(() => response.end("{}"), 50));
    const source = `startTaskTelemetry(); for (let i = 0; i < 10_000; i++) withSpan("s" + i, () => {});`;
    const { stderr } = await runProgram(source, jsonTo(receiver.endpoint));
    expect(new Set(spansOf(receiver.requests()).map(({ name }) => name)).size).toBe(10_000);
    expect(stderr).toBe("");
  });

  it("speaks something else is a receiver that is not there", async () => {
    const receiver = await startReceiver((response) => response.socket?.end("SSH-2.0-nonsense\r\n"));
    const { code, stderr } = await runProgram(program("await shutdown();"), jsonTo(receiver.endpoint));
    expect(code).toBe(5);
    expect(stderr).toMatch(/^@throughline\/task: 1 span or metric not sent: .*does not speak HTTP\n$/);
  });
});
