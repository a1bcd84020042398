import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { bubblewrap } from "../../test/bubblewrap.ts";
import { connectTo, createAll, runEnded, startRun } from "../../test/kill/cluster.ts";
import { throughlineEngine } from "../../test/kill/engine-program.ts";
import { outcomeOf } from "../../test/kill/outcome.ts";
import { root, type ServerProgram, throughline, throughlineUp } from "../../test/program.ts";
import type { KubeApi } from "../kube/index.ts";
import { chooseDestination } from "./destination.ts";
import { endpointOf } from "./engine.ts";

const folder = mkdtempSync(join(tmpdir(), "throughline-engine-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(bubblewrap === undefined)("throughline engine (skipped without bubblewrap)", () => {
  const data = join(folder, "data");
  let server: ServerProgram;
  let api: KubeApi;
  beforeAll(async () => {
    server = await throughlineUp(["--data", data, "--no-engine"]);
    api = await connectTo(server);
    await createAll(api, join(root, "test/kill/pipeline.yaml"));
  });
  afterAll(() => server?.stop());

  /** A run by so many engines at the same time. */
  async function runWith(engines: number, name: string) {
    const running = Array.from({ length: engines }, () => throughlineEngine(["--data", data]));
    onTestFinished(async () => void (await Promise.all(running.map((engine) => engine.stop()))));
    await Promise.all(running.map(({ ready }) => ready));
    await startRun(api, { name, pipeline: "everything" });
    const run = await runEnded(api, name);
    expect(await Promise.all(running.map((engine) => engine.stop()))).toEqual(Array(engines).fill(0));
    return outcomeOf(api, server, run);
  }

  it("drives the runs of a server that has no reconcilers, and its passes stand in their traces", async () => {
    const { condition, passes } = await runWith(1, "alone");
    expect(condition).toMatchObject({ status: "True", reason: "Completed" });
    expect([...passes]).toContain("RUN everything / PipelineRun:ReconcileKind");
    expect([...passes]).toContain("RUN everything / first / TaskRun:ReconcileKind");
  }, 300_000);

  it("does no harm beside another one, as in a rolling restart", async () => {
    const alone = await runWith(1, "one");
    const both = await runWith(2, "two");
    expect(both).toEqual(alone);
    expect(both.repeated).toEqual([]);
  }, 300_000);
});

describe("where the steps of throughline engine send their telemetry", () => {
  it.each([
    ["http://collector:4318", "http://collector:4318"],
    ["http://collector:4318/", "http://collector:4318"],
    ["https://me:secret@collector/some/prefix/", "https://collector/some/prefix"],
  ])("with OTEL_EXPORTER_OTLP_ENDPOINT=%s is %s", async (given, expected) => {
    const destination = await chooseDestination({ store: true }, { OTEL_EXPORTER_OTLP_ENDPOINT: given });
    expect(endpointOf(destination)).toBe(expected);
  });

  it("is nowhere when there is neither a collector nor a server", () => {
    expect(endpointOf({ kind: "store", directory: folder })).toBeUndefined();
  });
});

describe("throughline engine with nobody to talk to", () => {
  it("says where it looked for an API", async () => {
    const { exitCode, stderr } = await throughline(["engine", "--data", join(folder, "nothing")], {
      env: { HOME: folder },
    });
    expect(exitCode).toBe(2);
    expect(stderr).toBe(`throughline: no kubeconfig at ${folder}/.kube/config; name one with KUBECONFIG\n`);
  });
});
