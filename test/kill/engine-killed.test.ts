/**
 * The reconcilers die again and again, always in the course of a write, while the API and what runs live on. A seed
 * decides where; it is named when the test fails.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PipelineRun } from "../../src/engine/index.ts";
import type { KubeApi, Stored } from "../../src/kube/index.ts";
import { bubblewrap } from "../bubblewrap.ts";
import { type Random, seededRandom } from "../generate/random.ts";
import { type ServerProgram, throughlineUp } from "../program.ts";
import { connectTo, createAll, runEnded, startRun } from "./cluster.ts";
import { type DeadlyProxy, startDeadlyProxy } from "./deadly-proxy.ts";
import { throughlineEngine } from "./engine-program.ts";
import { outcomeOf } from "./outcome.ts";

const KILLS = 20;
/** An undisturbed run takes about two hundred writes, so that the kills are spread over all of one. */
const MOST_WRITES_BETWEEN = 16;

describe.skipIf(bubblewrap === undefined)("reconcilers that are killed (skipped without bubblewrap)", () => {
  const folder = mkdtempSync(join(tmpdir(), "throughline-kill-"));
  const data = join(folder, "data");
  let server: ServerProgram;
  let api: KubeApi;
  let proxy: DeadlyProxy;

  beforeAll(async () => {
    server = await throughlineUp(["--data", data, "--no-engine"]);
    api = await connectTo(server);
    await createAll(api, join(import.meta.dirname, "pipeline.yaml"));
    const { kubeconfig, kube: target } = server;
    proxy = await startDeadlyProxy({ kubeconfig, target, file: join(folder, "through-proxy") });
  });
  afterAll(async () => {
    proxy?.close();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const startEngine = () => throughlineEngine(["--kubeconfig", proxy.kubeconfig, "--data", data]);

  async function undisturbed(name: string): Promise<Stored<PipelineRun>> {
    const engine = startEngine();
    await startRun(api, { name, pipeline: "everything" });
    try {
      return await runEnded(api, name);
    } finally {
      await engine.stop();
    }
  }

  /** Kills it so often, or as often as there is time for, and answers how often that was. */
  async function disturbed(name: string, { kills: most, random }: { kills: number; random: Random }) {
    await startRun(api, { name, pipeline: "everything" });
    const over = runEnded(api, name);
    for (let kills = 0; ; kills++) {
      const engine = startEngine();
      if (kills < most)
        proxy.arm({
          afterWrites: random.integer({ from: 0, to: MOST_WRITES_BETWEEN }),
          moment: random.pick(["before", "after"]),
          strike: () => engine.stop("SIGKILL"),
        });
      const run = await Promise.race([over, engine.ended.then(() => undefined)]);
      if (run === undefined) continue;
      await engine.stop();
      return { run, kills };
    }
  }

  it("finish what they began, once, and leave the trace they would have left", async () => {
    const seed = Number(process.env["THROUGHLINE_SEED"] ?? 4);
    const random = seededRandom(seed);
    const { passes: expectedPasses, ...expected } = await outcomeOf(
      api,
      server,
      await undisturbed("undisturbed"),
    );
    expect(expected.repeated).toEqual([]);
    let killed = 0;
    for (let round = 1; killed < KILLS; round++) {
      const { run, kills } = await disturbed(`disturbed-${round}`, { kills: KILLS - killed, random });
      killed += kills;
      const { passes, ...outcome } = await outcomeOf(api, server, run);
      expect({ seed, ...outcome }).toEqual({ seed, ...expected });
      // What the reconcilers were about to send when they were killed is lost; what is there is where it belongs.
      expect([...expectedPasses]).toEqual(expect.arrayContaining([...passes]));
    }
  }, 300_000);
});
