import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { bubblewrap } from "../../test/bubblewrap.ts";
import {
  connectTo,
  createAll,
  eventually,
  podsOf,
  runEnded,
  startRun,
  succeededOf,
  traceIdOf,
} from "../../test/kill/cluster.ts";
import { processesWith } from "../../test/kill/processes.ts";
import {
  closedTrace,
  isReconcile,
  outline,
  repeatedTransitions,
  type StoredSpan,
  spansIn,
  type TracesData,
} from "../../test/kill/stored-trace.ts";
import { root, type ServerProgram, throughline, throughlineUp } from "../../test/program.ts";
import { TektonKind } from "../engine/index.ts";
import { CoreKind, type Kind, type KubeApi } from "../kube/index.ts";

const folder = mkdtempSync(join(tmpdir(), "throughline-laptop-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An argument that no other process of this machine has: seconds to sleep, for ever. */
function unmistakable(): string {
  return `9${Date.now()}${Math.trunc(Math.random() * 1e6)}`;
}

/**
 * A task that sleeps for ever in its first attempt and not in its second, one that sleeps for ever and has only one, one that
 * waits for both, and one that runs in the end.
 */
function sleepers(seconds: string): string {
  const file = join(folder, `${seconds}.yaml`);
  const script = `[ -e $(workspaces.shared.path)/seen ] || { touch $(workspaces.shared.path)/seen; sleep ${seconds}; }`;
  const workspaces = [{ name: "shared" }];
  const step = { name: "sleep", image: "busybox" };
  const pipeline = {
    apiVersion: "tekton.dev/v1",
    kind: "Pipeline",
    metadata: { name: "sleepers" },
    spec: {
      workspaces,
      tasks: [
        { name: "again", retries: 1, workspaces, taskSpec: { workspaces, steps: [{ ...step, script }] } },
        { name: "once", taskSpec: { steps: [{ ...step, script: `sleep ${seconds}` }] } },
        { name: "after", runAfter: ["again", "once"], taskSpec: { steps: [{ ...step, script: "true" }] } },
      ],
      finally: [{ name: "report", taskSpec: { steps: [{ ...step, script: "true" }] } }],
    },
  };
  writeFileSync(file, JSON.stringify(pipeline));
  return file;
}

describe.skipIf(bubblewrap === undefined || !existsSync("/proc"))(
  "throughline up that ends while a run goes on (skipped without bubblewrap and /proc)",
  () => {
    it.each([
      ["is killed", { signal: "SIGKILL", fate: "NodeLost", ended: "error | ContainerStatusUnknown | 137" }],
      ["is told to stop", { signal: "SIGTERM", fate: "Terminated", ended: "failure | Error | 143" }],
    ] as const)(
      "leaves no process when it %s, and brings the run to its end when it is back",
      async (_how, { signal, fate, ended }) => {
        const data = join(folder, signal);
        const seconds = unmistakable();
        await beginAndEnd({ data, seconds, signal });
        await eventually("no process is left", async () =>
          processesWith(seconds).length === 0 ? true : undefined,
        );
        const server = await throughlineUp(["--data", data]);
        onTestFinished(async () => void (await server.stop()));
        const api = await connectTo(server);

        const run = await runEnded(api, "asleep");
        expect(succeededOf(run)).toMatchObject({ status: "False", reason: "Failed" });
        expect(await fatesOf(api)).toEqual({
          "asleep-again-pod": `Failed ${fate}`,
          "asleep-again-pod-retry1": "Succeeded",
          "asleep-once-pod": `Failed ${fate}`,
          "asleep-report-pod": "Succeeded",
        });
        const spans = await closedTrace(server.ui, traceIdOf(run));
        expect(
          outline(spans).filter((line) => !line.includes(" / init ") && !line.includes("schedule")),
        ).toEqual([
          "RUN sleepers / after | skip | PipelineRun was stopping",
          `RUN sleepers / again / attempt 1 / step sleep | ${ended} | running | terminated`,
          "RUN sleepers / again / attempt 1 | failure | StepFailed",
          "RUN sleepers / again / attempt 2 / step sleep | success | Completed | 0 | running | terminated",
          "RUN sleepers / again / attempt 2 | success | Succeeded",
          "RUN sleepers / again | success | Succeeded",
          "RUN sleepers / execute_duration | failure | Failed",
          `RUN sleepers / once / step sleep | ${ended} | running | terminated`,
          "RUN sleepers / once | failure | StepFailed",
          "RUN sleepers / report / step sleep | success | Completed | 0 | running | terminated",
          "RUN sleepers / report | success | Succeeded",
          "RUN sleepers / wait_duration",
          "RUN sleepers | failure | Failed",
        ]);
        expect(repeatedTransitions(spans)).toEqual([]);
        const { stdout } = await throughline(["runs", "--data", data]);
        expect(stdout).toMatch(/^✗ {2}asleep {2}sleepers /m);
      },
      300_000,
    );
  },
);

/** Starts a run, and ends the server while two of its tasks sleep. */
async function beginAndEnd(options: {
  data: string;
  seconds: string;
  signal: NodeJS.Signals;
}): Promise<void> {
  const { data, seconds, signal } = options;
  const server = await throughlineUp(["--data", data]);
  const api = await connectTo(server);
  await createAll(api, sleepers(seconds));
  await startRun(api, { name: "asleep", pipeline: "sleepers" });
  await eventually("both tasks sleep", async () => {
    const pods = await podsOf(api, "asleep");
    const areRunning = pods.every(({ status }) => status?.phase === "Running");
    return areRunning && processesWith(seconds).length >= 2 ? true : undefined;
  });
  await server.stop(signal);
}

/** What became of each Pod of the run. */
async function fatesOf(api: KubeApi): Promise<Record<string, string>> {
  const pods = await podsOf(api, "asleep");
  return Object.fromEntries(
    pods.map(({ metadata, status = {} }) => {
      const { phase, reason } = status;
      return [metadata.name, reason === undefined ? String(phase) : `${phase} ${reason}`];
    }),
  );
}

const DUMPED: readonly Kind[] = [TektonKind.pipelineRun, TektonKind.taskRun, CoreKind.pod, CoreKind.event];

/** What `kubectl get pipelineruns,taskruns,pods,events -o json` gives. */
async function dumpOf(api: KubeApi): Promise<string> {
  const lists = await Promise.all(DUMPED.map((kind) => api.list(kind)));
  return JSON.stringify({ apiVersion: "v1", kind: "List", items: lists.flatMap(({ items }) => items) });
}

describe.skipIf(bubblewrap === undefined)("a dump of what ran locally (skipped without bubblewrap)", () => {
  let server: ServerProgram;
  let api: KubeApi;
  beforeAll(async () => {
    server = await throughlineUp(["--data", join(folder, "dumped")]);
    api = await connectTo(server);
    await createAll(api, join(root, "test/kill/pipeline.yaml"));
  });
  afterAll(() => server?.stop());

  it("gives the spans that were collected live, with their ids and times", async () => {
    await startRun(api, { name: "dumped", pipeline: "everything" });
    const run = await runEnded(api, "dumped");
    const live = await closedTrace(server.ui, traceIdOf(run));
    const { exitCode, stdout } = await throughline(["import", "-", "--output", "otlp-json"], {
      stdin: await dumpOf(api),
    });
    expect(exitCode).toBe(0);
    const imported = spansIn(JSON.parse(stdout) as TracesData);
    expect(comparable(imported)).toEqual(comparable(live.filter((span) => !isReconcile(span))));
  }, 300_000);
});

/** What a watcher alone sees is left out: reasons to wait that came and went. */
function comparable(spans: readonly StoredSpan[]) {
  return spans
    .map(({ events, ...span }) => ({ ...span, events: events.filter(({ name }) => name !== "waiting") }))
    .sort((one, other) => (one.spanId < other.spanId ? -1 : 1));
}

it("says which option helps when the port of its Kubernetes API is taken, and lets go of the data", async () => {
  const data = join(folder, "taken");
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  const ports = ["--port", "0", "--otlp-http", "0", "--otlp-grpc", "0", "--kube-port", String(port)];
  const { exitCode, stderr } = await throughline(["up", "--data", data, ...ports]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(
    `throughline: 127.0.0.1:${port} is in use; choose another port with --kube-port, 0 for any free one\n`,
  );
  const server = await throughlineUp(["--data", data]);
  expect(await server.stop()).toBe(0);
}, 60_000);
