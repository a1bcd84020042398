import { describe, expect, it } from "vitest";
import { CoreKind, type KubeApi } from "../../kube/index.ts";
import { type Pipeline, TektonKind } from "../types/index.ts";
import { STEPS, Stage, task } from "./stage.testing.ts";

/** A Pipeline with labels, claims, a matrix, results, guards, and `finally`: everything a pass makes or writes. */
const PIPELINE: Pipeline = {
  apiVersion: "tekton.dev/v1",
  kind: "Pipeline",
  metadata: { name: "ships", namespace: "demo", labels: { team: "sea" }, annotations: { mood: "calm" } },
  spec: {
    workspaces: [{ name: "w" }],
    tasks: [
      task("a", { taskSpec: { ...STEPS, results: [{ name: "r" }] }, workspaces: [{ name: "w" }] }),
      task("many", {
        matrix: { params: [{ name: "n", value: ["0", "1", "$(tasks.a.results.r)"] }] },
        displayName: "Many of $(tasks.a.results.r)",
      }),
      task("never", { when: [{ input: "$(tasks.a.results.r)", operator: "notin", values: ["a wrote r"] }] }),
      task("last", {
        runAfter: ["many", "never"],
        when: [{ input: "$(tasks.a.results.r)", operator: "in", values: ["a wrote r"] }],
      }),
    ],
    finally: [task("f", { params: [{ name: "s", value: "$(tasks.status)" }] })],
    results: [{ name: "r", value: "$(tasks.a.results.r)" }],
  },
};

async function created(): Promise<Stage> {
  const stage = new Stage();
  await stage.api.create(TektonKind.pipeline, PIPELINE);
  await stage.create({
    workspaces: [{ name: "w", volumeClaimTemplate: { spec: {} } }],
    pipelineRef: { name: "ships" },
  });
  return stage;
}

/** The process dies around its n-th call: nothing it asks for afterwards is done. */
function dyingAt(api: KubeApi, { call, isDone }: { call: number; isDone: boolean }): KubeApi {
  let calls = 0;
  const guarded =
    (work: (...given: never[]) => Promise<unknown>) =>
    async (...given: never[]) => {
      calls += 1;
      if (calls > call || (calls === call && !isDone)) throw new Error("killed");
      const answer = await work(...given);
      if (calls === call) throw new Error("killed");
      return answer;
    };
  const names = ["get", "list", "create", "update", "updateStatus", "patch", "delete"] as const;
  const all = names.map((name) => [name, guarded(api[name].bind(api) as never)]);
  return { ...api, ...Object.fromEntries(all) };
}

type Interrupt = (api: KubeApi) => KubeApi;

/** Passes until the run is complete; all TaskRuns end between them. The interrupted pass is simply done again. */
async function play(interrupt: Interrupt): Promise<{ stage: Stage; wasKilled: boolean }> {
  const stage = await created();
  let wasKilled = false;
  const api = interrupt(stage.api);
  while (stage.run().status?.completionTime === undefined) {
    await stage.pass(wasKilled ? stage.api : api).catch((fault) => {
      if (fault instanceof Error && fault.message.includes("killed") && !wasKilled) wasKilled = true;
      else throw fault;
    });
    if (wasKilled) await stage.pass();
    for (const name of stage.names) {
      const results = name === "ship-a" ? [{ name: "r", value: "a wrote r" }] : [];
      await stage.end(name, "True", { results });
    }
  }
  return { stage, wasKilled };
}

/** Everything but what the API itself numbers. */
function outcomeOf({ api }: Stage) {
  const plain = <T extends { metadata: object }>(objects: T[]) =>
    objects.map((object) => ({ ...object, metadata: { ...object.metadata, uid: "", resourceVersion: "" } }));
  const byName = (one: { metadata: { name: string } }, other: { metadata: { name: string } }) =>
    one.metadata.name < other.metadata.name ? -1 : 1;
  return {
    runs: plain(api.all(TektonKind.pipelineRun)),
    taskRuns: plain(api.all(TektonKind.taskRun)).toSorted(byName),
    claims: plain(api.all(CoreKind.claim)),
  };
}

describe("a pass that is cut short", () => {
  it.each([
    ["before", false],
    ["after", true],
  ])("ends in the same children and status, whichever call it dies %s", async (_when, isDone) => {
    const undisturbed = await play((api) => api);
    const expected = outcomeOf(undisturbed.stage);
    expect(expected.taskRuns.map(({ metadata }) => metadata.name)).toEqual([
      "ship-a",
      "ship-f",
      "ship-last",
      "ship-many-0",
      "ship-many-1",
      "ship-many-2",
    ]);
    for (let call = 1; ; call += 1) {
      const { stage, wasKilled } = await play((api) => dyingAt(api, { call, isDone }));
      expect(outcomeOf(stage), `killed at call ${call}`).toEqual(expected);
      if (!wasKilled) break;
    }
  });

  it("has its child looked up when the cache has not seen it yet", async () => {
    const stage = await created();
    await stage.pass();
    await stage.api.delete(TektonKind.taskRun, { namespace: "demo", name: "ship-a" });
    await stage.pass();
    expect(stage.names).toEqual(["ship-a"]);
  });

  it("loses nothing to a change of somebody else", async () => {
    const stage = await created();
    const label = () =>
      stage.api.patch(
        TektonKind.pipelineRun,
        { namespace: "demo", name: "ship" },
        { metadata: { labels: { x: "y" } } },
      );
    const api: KubeApi = {
      ...stage.api,
      create: async (kind, object) => {
        if (kind.kind === "TaskRun") await label();
        return stage.api.create(kind, object);
      },
    };
    await expect(stage.pass(api)).rejects.toThrow("has been modified");
    await stage.pass();
    expect(stage.names).toEqual(["ship-a"]);
    expect(stage.run().status?.childReferences?.map(({ name }) => name)).toEqual(["ship-a"]);
  });
});
