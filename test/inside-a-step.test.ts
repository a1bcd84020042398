import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { TektonKind } from "../src/engine/index.ts";
import { CoreKind } from "../src/kube/index.ts";
import { decodeMetrics, decodeTraces, type ReceivedMetric, type ReceivedSpan } from "../src/otlp/index.ts";
import { bubblewrap } from "./bubblewrap.ts";
import { connectTo, createAll, eventually, runEnded, traceIdOf } from "./kill/cluster.ts";
import { closedTrace } from "./kill/stored-trace.ts";
import { root, type ServerProgram, throughline, throughlineUp } from "./program.ts";

const folder = mkdtempSync(join(tmpdir(), "throughline-inside-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const example = (name: string) => join(root, "examples", name);

/** What `pip install --target` has put there: `npm test` does, see scripts/python.js. */
const installed = join(root, "node_modules/.cache/throughline/python");
const tools = join(folder, "tools");
const none = join(folder, "no-packages");
const packages = process.env["PYTHONPATH"] ?? (existsSync(installed) ? installed : none);
for (const directory of [tools, packages]) mkdirSync(directory, { recursive: true });
const TOOLS = { "throughline-exec": "task/throughline-exec", "standalone.js": "task/dist/standalone.js" };

const imports = "import opentelemetry.sdk.trace, opentelemetry.exporter.otlp.proto.http";
/** That of the machine, which steps find. */
const python = ["/usr/local/bin/python3", "/usr/bin/python3"].find(existsSync);
const canImport = (PYTHONPATH: string) =>
  python !== undefined && spawnSync(python, ["-c", imports], { env: { PYTHONPATH } }).status === 0;
const hasPython = canImport(packages);

beforeAll(() => {
  for (const [name, path] of Object.entries(TOOLS)) copyFileSync(join(root, path), join(tools, name));
});

interface Run {
  exitCode: number | null;
  stdout: string;
  /** Of the run and of its steps. */
  spans: ReceivedSpan[];
  /** That were kept. */
  metrics: ReceivedMetric[];
}

let runs = 0;

async function run(files: readonly string[], args: readonly string[] = []): Promise<Run> {
  runs++;
  const data = join(folder, `data-${runs}`);
  const out = join(folder, `trace-${runs}.json`);
  const where = ["--data", data, "--trace-out", out, "-w", `tools=${tools}`];
  const { exitCode, stdout } = await throughline(["run", ...files, ...where, ...args]);
  return { exitCode, stdout, spans: spansOf(readFileSync(out)), metrics: metricsIn(join(data, "spool")) };
}

function spansOf(body: Uint8Array): ReceivedSpan[] {
  const decoded = decodeTraces(body, "application/json");
  if (decoded.kind === "malformed") throw new Error(decoded.reason);
  return decoded.spans;
}

function metricsIn(spool: string): ReceivedMetric[] {
  const files = readdirSync(spool).filter((file) => file.includes(".metrics."));
  return files.flatMap((file) => {
    const type = file.endsWith(".json") ? "application/json" : "application/x-protobuf";
    const decoded = decodeMetrics(readFileSync(join(spool, file)), type);
    if (decoded.kind === "malformed") throw new Error(`${file}: ${decoded.reason}`);
    return decoded.metrics;
  });
}

interface InTree {
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  attributes: Readonly<Record<string, unknown>>;
}

/** Names from the step down: "step compile / check syntax". */
function pathsBelowSteps(spans: readonly InTree[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const pathOf = (span: InTree): string[] => {
    if (span.attributes["throughline.type"] !== undefined) return [span.name];
    const parent = byId.get(span.parentSpanId ?? "");
    return [...(parent === undefined ? ["no parent"] : pathOf(parent)), span.name];
  };
  return sentBySteps(spans)
    .map((span) => pathOf(span).join(" / "))
    .sort();
}

/** Every span of the model says what it is. */
function sentBySteps<Span extends InTree>(spans: readonly Span[]): Span[] {
  return spans.filter(({ attributes }) => attributes["throughline.type"] === undefined);
}

/** The span of that name which a step has sent. */
function only(spans: readonly ReceivedSpan[], name: string): ReceivedSpan {
  const named = sentBySteps(spans).filter((span) => span.name === name);
  const [found] = named;
  if (found === undefined || named.length > 1) throw new Error(`${named.length} spans are called ${name}`);
  return found;
}

describe.skipIf(bubblewrap === undefined)(
  "steps that tell what happens inside them (needs bubblewrap)",
  () => {
    let done: Run;
    beforeAll(async () => {
      const files = [join(example("inside-a-step"), "run.yaml"), "--with", example("inside-a-step")];
      done = await run(files, ["-w", `python-packages=${packages}`]);
    });

    it("are one trace with their run, and every span is under its step", () => {
      expect(done.exitCode).toBe(0);
      expect(new Set(done.spans.map(({ traceId }) => traceId)).size).toBe(1);
      expect(pathsBelowSteps(done.spans).filter((path) => !path.startsWith("step report"))).toEqual([
        "step compile / check syntax",
        "step compile / pack",
        "step compile / try without a name",
        "step test / unit tests",
        "step test / unit tests / node",
        "step weigh / weigh",
      ]);
    });

    it.skipIf(!hasPython)(
      "may be in Python with its own OpenTelemetry (skipped where Python 3.10 with it is missing)",
      () => {
        const span = only(done.spans, "write report");
        expect(pathsBelowSteps(done.spans)).toContain("step report / write report");
        expect(span.resource.attributes["tekton.pipeline_task.name"]).toBe("report");
        expect(span.attributes["report.files"]).toBe(1n);
      },
    );

    it("are drawn with their run, what they tell below them", () => {
      const drawn = (name: string) => done.stdout.search(new RegExp(`^ +[▪!] ${name} `, "m"));
      const step = done.stdout.indexOf("✓ step compile");
      const inOrder = [step, drawn("check syntax"), drawn("pack"), drawn("try without a name")];
      expect(step).toBeGreaterThan(0);
      expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b));
      expect(drawn("unit tests")).toBeGreaterThan(step);
    });

    it.skipIf(canImport(none))("go on where Python has no OpenTelemetry (skipped where it has)", async () => {
      const directory = example("inside-a-step");
      const { exitCode, stdout } = await run([join(directory, "run.yaml"), "--with", directory]);
      expect(exitCode).toBe(0);
      expect(stdout).toContain("no OpenTelemetry for Python here: going on without\n");
      expect(stdout).toContain("built: greet.tgz\n");
    });

    it("say why a command failed, though the step went on", () => {
      const failed = only(done.spans, "try without a name");
      expect(failed).toMatchObject({
        statusCode: 2,
        attributes: { "error.type": "exit_code_1", "process.exit.code": 1n },
      });
      expect(failed.attributes["error.message"]).toContain("Error: no name given");
      expect(only(done.spans, "check syntax").statusCode).not.toBe(2);
      expect(done.stdout).toContain("[build : compile] as expected\n");
    });

    it("say whose they are", () => {
      for (const name of ["check syntax", "unit tests"])
        expect(only(done.spans, name).resource.attributes).toMatchObject({
          "tekton.pipeline.name": "inside-a-step",
          "tekton.step.name": name === "unit tests" ? "test" : "compile",
          "k8s.namespace.name": "default",
        });
    });

    it("send metrics, which are kept", () => {
      const sizes = done.metrics.filter(({ name }) => name === "tekton.task.artifact.size");
      const [size = "0"] = /(?<=result size = )\d+/.exec(done.stdout) ?? [];
      expect(sizes.length).toBe(2);
      for (const { data } of sizes) {
        const [point] = data.kind === "gauge" ? data.points : [];
        expect(Number(point?.value)).toBe(Number(size));
        expect(point?.attributes).toMatchObject({ "artifact.name": "greet.tgz" });
      }
      const names = done.metrics.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining(["tekton.task.duration", "tekton.task.completions"]));
    });
  },
);

describe.skipIf(bubblewrap === undefined)("context between tasks (needs bubblewrap)", () => {
  const directory = example("context-between-tasks");

  it("is a link where it was saved, as every step has its own", async () => {
    const { exitCode, spans } = await run([join(directory, "run.yaml"), "--with", directory]);
    expect(exitCode).toBe(0);
    expect(pathsBelowSteps(spans)).toEqual(["step build / build", "step deploy / deploy"]);
    const { traceId, spanId } = only(spans, "build");
    expect(only(spans, "deploy")).toMatchObject({ traceId, links: [{ traceId, spanId }] });
  });

  it("is found by plain processes too", async () => {
    const { spans } = await run([join(directory, "run.yaml"), "--with", directory, "--executor", "process"]);
    const { traceId, spanId } = only(spans, "build");
    expect(only(spans, "deploy")).toMatchObject({ traceId, links: [{ traceId, spanId }] });
  });

  it("is not needed", async () => {
    const { exitCode, spans } = await run([join(directory, "run-without.yaml"), "--with", directory]);
    expect(exitCode).toBe(0);
    expect(pathsBelowSteps(spans)).toEqual(["step build / build", "step deploy / deploy"]);
    expect(only(spans, "deploy").links).toEqual([]);
  });

  it("is the parent where steps have none of their own", async () => {
    const tasks = join(folder, "without-own.yaml");
    const without = '$&      env: [{ name: TRACEPARENT, value: "" }]\n';
    const text = readFileSync(join(directory, "tasks.yaml"), "utf8");
    writeFileSync(tasks, text.replace(/ {4}- name: deploy\n/, without));
    const definitions = ["--with", tasks, "--with", join(directory, "pipeline.yaml")];
    const { spans } = await run([join(directory, "run.yaml"), ...definitions]);
    expect(pathsBelowSteps(spans)).toEqual(["step build / build", "step build / build / deploy"]);
  });
});

describe.skipIf(bubblewrap === undefined)("a cluster that stays (needs bubblewrap)", () => {
  let server: ServerProgram;
  beforeAll(async () => {
    server = await throughlineUp(["--data", join(folder, "up")]);
  });
  afterAll(() => server?.stop());

  it("takes the tools from a ConfigMap, and collects what they leave", async () => {
    const directory = example("context-between-tasks");
    const api = await connectTo(server);
    for (const file of ["pipeline.yaml", "tasks.yaml"]) await createAll(api, join(directory, file));
    const shim = readFileSync(join(tools, "throughline-exec"), "utf8");
    await api.create(CoreKind.configMap, {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "throughline-tools", namespace: "default" },
      data: { "throughline-exec": shim },
    });
    const given = parse(readFileSync(join(directory, "run.yaml"), "utf8"));
    await api.create(TektonKind.pipelineRun, { ...given, metadata: { name: "stays", namespace: "default" } });
    const ended = await runEnded(api, "stays");
    const paths = await eventually("the spans of steps are stored", async () => {
      const stored = pathsBelowSteps(await closedTrace(server.ui, traceIdOf(ended)));
      return stored.length > 1 ? stored : undefined;
    });
    expect(paths).toEqual(["step build / build", "step deploy / deploy"]);
  }, 60_000);
});

describe.skipIf(bubblewrap === undefined)("a Task for stock Tekton (needs bubblewrap)", () => {
  const file = join(example("inside-a-step"), "stock-tekton.yaml");

  it("finds the context of its run in the annotation, where steps have none of their own", async () => {
    const here = join(folder, "stock-tekton.yaml");
    const without = '      - { name: TRACEPARENT, value: "" }\n      - name: TEKTON_TASKRUN_SPAN_CONTEXT\n';
    writeFileSync(
      here,
      readFileSync(file, "utf8").replace("      - name: TEKTON_TASKRUN_SPAN_CONTEXT\n", without),
    );
    const [traceId, spanId] = ["a".repeat(32), "b".repeat(16)];
    const { exitCode, spans } = await run([here], ["--set-context", `00-${traceId}-${spanId}-01`]);
    expect(exitCode).toBe(0);
    expect(only(spans, "say hello")).toMatchObject({ traceId, parentSpanId: spanId });
  });

  it("has the step's own context where there is one", async () => {
    const { spans } = await run([file]);
    expect(pathsBelowSteps(spans)).toEqual(["step work / say hello"]);
  });
});

/** The first block of a page in that language, whole. */
function recipe(page: string, language: string): string {
  const text = readFileSync(join(root, "docs/inside-a-step", page), "utf8");
  const [, block] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "ms").exec(text) ?? [];
  if (block === undefined) throw new Error(`${page} has no ${language}`);
  return block;
}

/** A file with a TaskRun whose only step runs that script. It sees the packages where they are on this machine. */
function taskRunOf(step: { image: string; script: string }): string {
  const file = join(folder, `${step.image.replace(/\W/g, "-")}.yaml`);
  const mount = { name: "packages", mountPath: packages };
  const env = [{ name: "PYTHONPATH", value: packages }];
  const taskSpec = {
    volumes: [{ name: mount.name, hostPath: { path: packages } }],
    steps: [{ name: "work", volumeMounts: [mount], env, ...step }],
  };
  const metadata = { name: "recipe", labels: { "tekton.dev/pipeline": "ship" } };
  const object = { apiVersion: "tekton.dev/v1", kind: "TaskRun", metadata, spec: { taskSpec } };
  writeFileSync(file, JSON.stringify(object));
  return file;
}

describe.skipIf(bubblewrap === undefined)("the recipes of the documents (need bubblewrap)", () => {
  const offered = ["--host-path", packages];

  it("make a span with curl", async () => {
    const file = taskRunOf({ image: "curlimages/curl", script: recipe("curl.md", "shell") });
    const { exitCode, spans } = await run([file], offered);
    expect(exitCode).toBe(0);
    expect(pathsBelowSteps(spans)).toEqual(["step work / sleep"]);
    const { startNs, endNs } = only(spans, "sleep");
    expect(endNs - startNs).toBeGreaterThan(0n);
  });

  it.skipIf(!hasPython)(
    "make a span with Python's own OpenTelemetry (skipped where Python 3.10 with it is missing)",
    async () => {
      const script = `#!/usr/bin/env python3\n${recipe("python.md", "python")}`;
      const { exitCode, spans } = await run([taskRunOf({ image: "python:3.12", script })], offered);
      expect(exitCode).toBe(0);
      expect(pathsBelowSteps(spans)).toEqual(["step work / write report"]);
      expect(only(spans, "write report").attributes["pipeline.of"]).toBe("ship");
    },
  );
});
