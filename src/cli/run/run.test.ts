import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { bubblewrap } from "../../../test/bubblewrap.ts";
import { root, throughline } from "../../../test/program.ts";

const EXAMPLE = join(root, "examples/build-and-test");
const DEFINITIONS = ["pipeline.yaml", "tasks.yaml"].map((file) => join(EXAMPLE, file));

const folder = mkdtempSync(join(tmpdir(), "throughline-run-test-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** A file with one object in it; JSON is YAML too. */
function fileOf(...objects: object[]): string {
  files++;
  const path = join(folder, `${files}.yaml`);
  writeFileSync(path, objects.map((object) => JSON.stringify(object)).join("\n---\n"));
  return path;
}

function taskRun(script: string, more: object = {}, name = "demo"): object {
  return {
    apiVersion: "tekton.dev/v1",
    kind: "TaskRun",
    metadata: { name },
    spec: { taskSpec: { steps: [{ name: "work", image: "alpine", script }] }, ...more },
  };
}

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  attributes: { key: string; value: { stringValue?: string } }[];
}

function spansIn(path: string): OtlpSpan[] {
  const { resourceSpans } = JSON.parse(readFileSync(path, "utf8")) as {
    resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[];
  };
  return resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans));
}

function typeOf({ attributes }: OtlpSpan): string {
  return attributes.find(({ key }) => key === "throughline.type")?.value.stringValue ?? "";
}

describe.skipIf(bubblewrap === undefined)("throughline run (needs bubblewrap)", () => {
  it("runs a pipeline, and prints what steps print, its results and the waterfall", async () => {
    const run = join(EXAMPLE, "run.yaml");
    const { exitCode, stdout, stderr } = await throughline(["run", run, ...DEFINITIONS, "--no-store"]);
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("[unit-test : test] ");
    expect(stdout).toContain("[smoke-test : try] hello world\n");
    expect(stdout).toContain("[report : tell] pipeline: Succeeded; unit tests: Succeeded\n");
    expect(stdout).toMatch(/✓ build-and-test {2}default\/build-and-test-\w{5} {2}succeeded/);
    expect(stdout).toMatch(/✗ attempt 1/);
    expect(stdout).toMatch(/result package = greet\.tgz@sha256:[0-9a-f]{64}\n/);
  });

  it("tells a failed run apart: exit code 1, what was skipped, and finally tasks all the same", async () => {
    const args = ["run", join(EXAMPLE, "failing-run.yaml"), "--with", EXAMPLE, "--no-store"];
    const { exitCode, stdout } = await throughline([...args, "--output", "json"]);
    expect(exitCode).toBe(1);
    const run = JSON.parse(stdout);
    expect(run).toMatchObject({
      kind: "PipelineRun",
      namespace: "default",
      status: "Failed",
      reason: "Failed",
      message: "Tasks Completed: 5 (Failed: 1, Cancelled 0), Skipped: 3",
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      durationMs: expect.any(Number),
      results: {},
    });
    expect(run.skippedTasks).toEqual([
      { name: "package", reason: "PipelineRun was stopping" },
      { name: "smoke-test", reason: "PipelineRun was stopping" },
      { name: "announce", reason: expect.any(String) },
    ]);
    expect(run.tasks.find((task: { name: string }) => task.name === "unit-test")).toMatchObject({
      status: "Failed",
      reason: "StepFailed",
      attempts: 1,
      steps: [{ name: "test", exitCode: 1, reason: "Error" }],
    });
  });

  it("binds a directory to runs in a namespace of their own, whatever letters the workspace's name has", async () => {
    const spec = {
      taskSpec: { workspaces: [{ name: "My_Src" }], steps: [{ image: "alpine", script: "pwd" }] },
    };
    const run = { ...taskRun("", {}, "elsewhere"), spec };
    const file = fileOf({ ...run, metadata: { name: "elsewhere", namespace: "other" } });
    const given = `My_Src=${join(folder, "made")}`;
    const { exitCode, stderr } = await throughline(["run", file, "-w", given, "--no-store"]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `note: -w ${given}: made this directory, it was not there\n`,
    });
  });

  it("says in one line, and without a fault, what cannot be written or bound", async () => {
    const file = fileOf(taskRun("true"));
    const text = fileOf({});
    const bound = await throughline(["run", file, "-w", `a=${text}`, "--no-store"]);
    expect(bound.stderr).toContain(`throughline: -w a=${text}: not a directory; name one of yours\n`);
    const kept = await throughline(["run", file, "--data", text]);
    expect(kept.stderr).toContain(`throughline: ${text}: no data can be kept there`);
    const written = await throughline(["run", file, "--trace-out", join(text, "x"), "--no-store"]);
    expect(written.stderr).toContain(`--trace-out ${join(text, "x")}: cannot be written`);
    expect([bound, kept, written].map(({ exitCode }) => exitCode)).toEqual([2, 2, 2]);
  });

  it("gives each step the context of its own span, and writes every span of the run", async () => {
    const out = join(folder, "trace.json");
    const script = "echo parent $TRACEPARENT; echo task $TEKTON_TASK_RUN pod $K8S_POD_NAME";
    const { stdout } = await throughline(["run", fileOf(taskRun(script)), "--trace-out", out, "--no-store"]);
    const spans = spansIn(out);
    const step = spans.find(({ name }) => name === "step work");
    expect(stdout).toContain(`parent 00-${step?.traceId}-${step?.spanId}-01\n`);
    expect(stdout).toContain("task demo pod demo-pod\n");
    const task = spans.find((span) => typeOf(span) === "taskrun");
    const reconciles = spans.filter((span) => typeOf(span) === "reconcile");
    const passes = reconciles.filter(({ name }) => name === "TaskRun:ReconcileKind");
    expect(passes.length).toBeGreaterThan(0);
    expect(passes.every(({ parentSpanId }) => parentSpanId === task?.spanId)).toBe(true);
    const ids = new Set(spans.map(({ spanId }) => spanId));
    expect(reconciles.every(({ parentSpanId }) => ids.has(parentSpanId ?? ""))).toBe(true);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  });

  it("continues a trace it is told to, and records nothing of one that is not sampled", async () => {
    const out = join(folder, "seeded.json");
    const [traceId, spanId] = ["a".repeat(32), "b".repeat(16)];
    const args = ["run", fileOf(taskRun("true")), "--trace-out", out, "--no-store", "--set-context"];
    await throughline([...args, `00-${traceId}-${spanId}-01`]);
    const root = spansIn(out).find((span) => typeOf(span) === "taskrun");
    expect(root).toMatchObject({ traceId, parentSpanId: spanId });
    const { exitCode } = await throughline([...args, `00-${traceId}-${spanId}-00`]);
    expect(exitCode).toBe(0);
    expect(spansIn(out)).toEqual([]);
  });

  it("takes params and a directory of the user as workspace", async () => {
    const directory = join(folder, "mine");
    mkdirSync(directory);
    writeFileSync(join(directory, "in.txt"), "from here\n");
    const run = taskRun("", {
      taskSpec: {
        params: [{ name: "words", type: "array" }, { name: "tail" }],
        workspaces: [{ name: "source" }],
        steps: [
          {
            name: "work",
            image: "alpine",
            workingDir: "$(workspaces.source.path)",
            args: ["$(params.words[*])", "$(params.tail)"],
            script: '#!/bin/sh\ncat in.txt\necho "$# words, $*" > out.txt\n',
          },
        ],
      },
    });
    const params = ["-p", 'words=["a","b"]', "-p", "tail=c=d"];
    const given = ["run", fileOf(run), ...params, "-w", `source=${directory}`, "--no-store"];
    const { exitCode, stdout } = await throughline(given);
    expect(stdout).toContain("[demo : work] from here\n");
    expect(exitCode).toBe(0);
    expect(readFileSync(join(directory, "out.txt"), "utf8")).toBe("3 words, a b c=d\n");
  });

  it("shows steps of this machine what it was told to, and never its own data", async () => {
    const directory = join(folder, "project");
    mkdirSync(join(directory, ".throughline"), { recursive: true });
    writeFileSync(join(directory, ".throughline/kube-token"), "key");
    const steps = [
      { name: "work", image: "alpine", script: "ls -A $(workspaces.source.path)/.throughline; echo seen" },
    ];
    const run = taskRun("", { taskSpec: { workspaces: [{ name: "source" }], steps } });
    const given = ["run", fileOf(run), "--data", join(directory, ".throughline"), "--no-store"];
    const { stdout } = await throughline([...given, "-w", `source=${directory}`]);
    expect(stdout).toMatch(/^\[demo : work\] seen\n\n/);
    const volumes = [{ name: "host", hostPath: { path: directory } }];
    const stranger = taskRun("", {
      taskSpec: { volumes, steps: [{ name: "work", image: "alpine", script: "true" }] },
    });
    const refused = await throughline(["run", fileOf(stranger), "--no-store", "--output", "json"]);
    expect(JSON.parse(refused.stdout)).toMatchObject({ reason: "CreateContainerConfigError" });
    expect(refused.stdout).toContain(`offer it with --host-path ${directory}`);
  });

  it("keeps the run and what its steps printed, for whoever looks later", async () => {
    const data = join(folder, "kept");
    const script = "echo heard; echo and wrong >&2; exit 7";
    const { exitCode, stderr } = await throughline(["run", fileOf(taskRun(script)), "--data", data]);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^\d+ spans kept in \S+; look at them with: throughline up --data \S+\n$/);
    const { stdout } = await throughline(["trace", "demo", "--data", data]);
    expect(stdout).toContain("✗ step work");
    expect(readdirSync(join(data, "spool"))).toEqual([]);
  });

  it("leaves nothing behind in the directory of temporary files", async () => {
    const tmp = mkdtempSync(join(folder, "tmp-"));
    await throughline(["run", fileOf(taskRun("touch /tmp/x /workspace/y")), "--no-store"], {
      env: { TMPDIR: tmp },
    });
    expect(readdirSync(tmp)).toEqual([]);
  });
});

describe("throughline run, given what it cannot run", () => {
  const cases: [string, () => string[], RegExp][] = [
    [
      "no run",
      () => [DEFINITIONS[0] ?? ""],
      /no PipelineRun or TaskRun in \S+ \(found: Pipeline build-and-test\)/,
    ],
    [
      "YAML that is not Kubernetes'",
      () => {
        const path = join(folder, "other.yaml");
        writeFileSync(path, "name: demo\nsteps: [a]\n");
        return [path];
      },
      /other\.yaml.*needs apiVersion, kind and metadata/,
    ],
    [
      "two runs of one name",
      () => [fileOf(taskRun("true"), taskRun("false"))],
      /TaskRun demo is in \S+.* already; use generateName, or another name/,
    ],
    [
      "a cycle",
      () => [
        fileOf({
          apiVersion: "tekton.dev/v1",
          kind: "PipelineRun",
          metadata: { name: "round" },
          spec: {
            pipelineSpec: {
              tasks: [
                { name: "a", runAfter: ["b"], taskRef: { name: "x" } },
                { name: "b", runAfter: ["a"], taskRef: { name: "x" } },
              ],
            },
          },
        }),
      ],
      /cycle detected/,
    ],
    [
      "no steps",
      () => [fileOf(taskRun("", { taskSpec: { steps: [] } }))],
      /validation failed: missing field\(s\): spec\.taskSpec\.steps/,
    ],
    [
      "a context that is none",
      () => [fileOf(taskRun("true")), "--set-context", "x"],
      /not a W3C traceparent/,
    ],
    ["a param without a value", () => [fileOf(taskRun("true")), "-p", "x"], /-p x: give name=value/],
    ["a file that is not there", () => [join(folder, "nowhere.yaml")], /nowhere\.yaml/],
  ];
  it.each(cases)("says so in one line: %s", async (_name, args, message) => {
    const { exitCode, stdout, stderr } = await throughline(["run", ...args(), "--no-store"]);
    expect(stderr).toMatch(message);
    expect(stdout).toBe("");
    expect(exitCode).toBe(2);
  });
});
