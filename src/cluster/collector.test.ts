import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type GeneratedObjects, generateRun, randomScenario } from "../../test/generate/index.ts";
import { type KubeJson, type KubeServerDouble, startKubeServer } from "../../test/kube-server.ts";
import { objectsOf } from "../../test/load.ts";
import { systemClock } from "../engine/index.ts";
import { connectKubeApi } from "../kube/index.ts";
import { readInput } from "../tekton/index.ts";
import { buildTraces, type ResourceSpans, type Span } from "../trace/index.ts";
import { type Collector, type CollectorOptions, startCollector } from "./index.ts";

let server: KubeServerDouble;
let collector: Collector;

beforeEach(async () => {
  server = await startKubeServer();
});
afterEach(async () => {
  await collector.stop();
  await server.close();
});

/** A store with the rule of ours: the last span of an id counts, and a provisional one never replaces a final one. */
class Kept {
  readonly spans = new Map<string, Span>();
  handed = 0;

  take = async (resourceSpans: readonly ResourceSpans[]): Promise<void> => {
    for (const span of resourceSpans.flatMap(({ spans }) => spans)) {
      this.handed++;
      const before = this.spans.get(span.spanId);
      if (before === undefined || isProvisional(before) || !isProvisional(span))
        this.spans.set(span.spanId, span);
    }
  };

  named(name: string): Span | undefined {
    return [...this.spans.values()].find((span) => span.name === name);
  }
}

function isProvisional({ attributes }: Span): boolean {
  return attributes["throughline.provisional"] === true;
}

function collect(options: Partial<CollectorOptions> & Pick<CollectorOptions, "sink">): string[] {
  const lines: string[] = [];
  collector = startCollector({
    api: connectKubeApi({ server: server.url }),
    clock: systemClock,
    trace: {},
    log: (line) => lines.push(line),
    everyMillis: 2,
    lingerMillis: 60_000,
    ...options,
  });
  return lines;
}

/** Spans by id, without what only a watcher sees. */
function facts(spans: Iterable<Span>): Map<string, Span> {
  const plain = (span: Span) => ({ ...span, events: span.events.filter(({ name }) => name !== "waiting") });
  return new Map([...spans].map((span) => [span.spanId, plain(span)]));
}

function imported(objects: Iterable<unknown>): Map<string, Span> {
  return facts(buildTraces(objectsOf(objects)).runs.flatMap(({ resourceSpans }) => resourceSpans.spans));
}

async function expectSame(kept: Kept, expected: Map<string, Span>): Promise<void> {
  const differing = () => {
    const seen = facts(kept.spans.values());
    const ids = new Set([...seen.keys(), ...expected.keys()]);
    return [...ids]
      .filter((id) => textOf(seen.get(id)) !== textOf(expected.get(id)))
      .map((id) => expected.get(id)?.name ?? id);
  };
  await expect.poll(differing, { timeout: 10_000, interval: 5 }).toEqual([]);
  await collector.stop();
  expect(facts(kept.spans.values())).toEqual(expected);
}

function textOf(span: Span | undefined): string {
  return JSON.stringify(span, (_, value) => (typeof value === "bigint" ? `${value}n` : value)) ?? "";
}

function watches(): number {
  return server.requests.filter((request) => request.includes("watch=true")).length;
}

const keyOf = ({ kind, metadata }: KubeJson) => `${kind} ${metadata.name}`;

/** The objects of a run as they were at some moments of it. */
function history(seed: number, moments: number): { states: GeneratedObjects[]; last: Map<string, KubeJson> } {
  const scenario = {
    ...randomScenario(seed, { onlyFinished: true }),
    pods: "whole",
    events: "whole",
  } as const;
  const end = generateRun(scenario, seed);
  const lengthMs = end.truth.completedMs - end.truth.createdMs;
  const early = Array.from({ length: moments }, (_, index) =>
    generateRun({ ...scenario, observedAfterMs: Math.ceil((lengthMs * index) / moments) }, seed),
  );
  const states = [...early, end];
  const last = new Map(
    states.flatMap((state) =>
      (state.all() as unknown as KubeJson[]).map((object) => [keyOf(object), object]),
    ),
  );
  return { states, last };
}

describe("a collector", () => {
  it("has in the end the spans that an import of the objects gives, in whatever order watches bring them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 100_000 }), fc.boolean(), async (seed, isBackwards) => {
        const { states, last } = history(seed, 5);
        await server.close();
        server = await startKubeServer();
        const kept = new Kept();
        collect({ sink: kept.take });
        await expect.poll(watches).toBe(5);
        let present = new Map<string, KubeJson>();
        for (const state of states) {
          const objects = state.all() as unknown as KubeJson[];
          const now = new Map(objects.map((object) => [keyOf(object), object]));
          for (const object of isBackwards ? objects.toReversed() : objects) {
            if (JSON.stringify(present.get(keyOf(object))) !== JSON.stringify(object)) server.put(object);
          }
          for (const [key, object] of present) if (!now.has(key)) server.remove(object);
          present = now;
          await sleep(10);
        }
        await expectSame(kept, imported(last.values()));
      }),
      { numRuns: 15 },
    );
  });

  it("picks up runs that are under way or over when it starts", async () => {
    const { states, last } = history(7, 2);
    for (const object of (states[1]?.all() ?? []) as unknown as KubeJson[]) server.put(object);
    const kept = new Kept();
    collect({ sink: kept.take });
    await expect.poll(() => kept.spans.size).toBeGreaterThan(0);
    expect([...kept.spans.values()].some(isProvisional)).toBe(true);
    for (const object of last.values()) server.put(object);
    await expectSame(kept, imported(last.values()));
  });

  it("leaves a run alone that was over before it came and is kept, and takes those that are not kept", async () => {
    const kept = new Kept();
    const asked: string[] = [];
    server.put(pipelineRun({ status: "True", reason: "Succeeded" }));
    const other = taskRun({ status: "True", reason: "Succeeded" }, [], "lone");
    const metadata = { ...other.metadata, ownerReferences: [], labels: {} };
    server.put({ ...other, metadata } as KubeJson);
    collect({
      sink: kept.take,
      isKept: async ({ traceId }) => {
        asked.push(traceId);
        return traceId === "11111111000040008000000000000000";
      },
    });
    await expect.poll(() => kept.named("lone")).toBeDefined();
    expect(asked).toHaveLength(2);
    expect(kept.named("RUN ship")).toBeUndefined();
  });

  it("ends a run that is deleted before it is over as an error", async () => {
    const run = pipelineRun({ status: "Unknown", reason: "Running" });
    server.put(run);
    server.put(taskRun({ status: "Unknown", reason: "Running" }));
    const kept = new Kept();
    collect({ sink: kept.take });
    await expect.poll(() => kept.spans.size).toBeGreaterThan(1);
    server.remove(run);
    const end = () => {
      const { attributes, statusMessage } = kept.named("RUN ship") ?? {};
      return [attributes?.["cicd.pipeline.result"], attributes?.["error.type"], statusMessage];
    };
    await expect.poll(end).toEqual(["error", "Deleted", "it was deleted before it was over"]);
    expect([...kept.spans.values()].filter(isProvisional)).toEqual([]);
  });

  it("learns of what was deleted while it could not watch", async () => {
    const run = pipelineRun({ status: "Unknown", reason: "Running" });
    server.put(run);
    const kept = new Kept();
    collect({ sink: kept.take });
    await expect.poll(() => kept.spans.size).toBe(1);
    server.intercept = (_, response) => {
      response.destroy();
      return true;
    };
    server.hangUp();
    server.remove(run);
    server.compact();
    server.intercept = undefined;
    await expect.poll(() => kept.named("RUN ship")?.attributes["tekton.reason"]).toBe("Deleted");
  });

  it("remembers what a step waited for, each reason once", async () => {
    server.put(pipelineRun({ status: "Unknown", reason: "Running" }));
    server.put(taskRun({ status: "Unknown", reason: "Pending" }));
    const kept = new Kept();
    let now = Date.parse("2026-01-01T00:00:03Z");
    collect({ sink: kept.take, clock: { now: () => BigInt(now) * 1_000_000n } });
    for (const reason of ["PodInitializing", "ErrImagePull", "ImagePullBackOff", "ErrImagePull"]) {
      server.put(pod({ waiting: { reason, message: `it is ${reason}` } }));
      await expect.poll(() => waits(kept)).toContain(reason);
      now += 1_000;
    }
    const terminated = {
      exitCode: 0,
      reason: "Completed",
      startedAt: "2026-01-01T00:00:10Z",
      finishedAt: "2026-01-01T00:00:12Z",
    };
    server.put(pod({ terminated }));
    server.put(
      taskRun({ status: "True", reason: "Succeeded" }, [
        { name: "build", container: "step-build", terminated },
      ]),
    );
    server.put(pipelineRun({ status: "True", reason: "Succeeded" }));
    await expect.poll(() => kept.named("RUN ship")?.attributes["cicd.pipeline.result"]).toBe("success");
    await expect.poll(() => waits(kept)).toEqual(["PodInitializing", "ErrImagePull", "ImagePullBackOff"]);
  });

  it("loses nothing while its sink takes nothing, and says so once", async () => {
    const { last } = history(11, 1);
    const kept = new Kept();
    let refusals = 0;
    const lines = collect({
      sink: async (spans) => {
        if (++refusals <= 3) throw new Error("the store is full");
        await kept.take(spans);
      },
    });
    for (const object of last.values()) server.put(object);
    await expectSame(kept, imported(last.values()));
    expect(lines).toEqual([
      "spans are not taken: the store is full; they are kept and offered again",
      "spans are taken again",
    ]);
  });

  it("stops though its sink takes nothing, and says what is left", async () => {
    server.put(pipelineRun({ status: "True", reason: "Succeeded" }));
    let refusals = 0;
    const lines = collect({
      sink: async () => {
        refusals++;
        throw new Error("the store is full");
      },
    });
    await expect.poll(() => refusals).toBeGreaterThan(0);
    const stopped = collector.stop();
    expect(collector.stop()).toBe(stopped);
    await stopped;
    expect(lines.at(-1)).toBe("stopped; runs whose last changes were not handed over: 1");
  });

  it("does not tell again of what is over, whatever the API repeats", async () => {
    const { last } = history(13, 1);
    const kept = new Kept();
    for (const object of last.values()) server.put(object);
    collect({ sink: kept.take, lingerMillis: 0 });
    await expect.poll(() => kept.spans.size).toBe(imported(last.values()).size);
    await sleep(20);
    const { handed } = kept;
    const lists = () => server.requests.filter((request) => !request.includes("watch=true")).length;
    const before = lists();
    server.compact();
    for (const object of last.values()) server.put(object);
    server.compact();
    server.hangUp();
    await expect.poll(lists, { timeout: 5_000 }).toBe(before + 5);
    await sleep(20);
    expect(kept.handed).toBe(handed);
  });

  it("tells of one task without telling of all the others again", async () => {
    server.put(pipelineRun({ status: "Unknown", reason: "Running" }));
    for (let index = 0; index < 50; index++) {
      server.put(taskRun({ status: "True", reason: "Succeeded" }, [], `done-${index}`));
    }
    const kept = new Kept();
    collect({ sink: kept.take });
    await expect.poll(() => kept.spans.size).toBe(51);
    const { handed } = kept;
    server.put(taskRun({ status: "Unknown", reason: "Running" }, [], "new"));
    await expect.poll(() => kept.spans.size).toBe(52);
    expect(kept.handed - handed).toBeLessThan(6);
  });

  it("waits for tasks that end after their run", async () => {
    server.put(pipelineRun({ status: "True", reason: "Completed" }));
    server.put(taskRun({ status: "Unknown", reason: "Running" }));
    const kept = new Kept();
    collect({ sink: kept.take, lingerMillis: 0 });
    await expect.poll(() => kept.spans.size).toBe(2);
    await sleep(20);
    server.put(taskRun({ status: "True", reason: "Succeeded" }));
    const result = () => kept.named("ship-1-build")?.attributes["cicd.pipeline.task.run.result"];
    await expect.poll(result).toBe("success");
  });

  it("does without kinds that the API does not serve", async () => {
    server.intercept = ({ url }, response) => {
      if (!url?.includes("customruns")) return false;
      response.writeHead(404).end();
      return true;
    };
    server.put(pipelineRun({ status: "True", reason: "Succeeded" }));
    const kept = new Kept();
    const lines = collect({ sink: kept.take });
    await expect.poll(() => kept.spans.size).toBe(1);
    expect(lines).toEqual([expect.stringContaining("watching customruns: ")]);
  });
});

const DUMPS = join(import.meta.dirname ?? __dirname, "../../../shared/fixtures/real");
/** Those that are whole: what a cluster had, with UIDs and owners. */
const WHOLE_DUMPS = ["konflux-build-xn5nd-full", "openshift-pipelines-2023"];

describe.skipIf(!existsSync(DUMPS))(
  "a dump of a real cluster, watched (needs ../shared/fixtures/real)",
  () => {
    it.each(WHOLE_DUMPS)("gives the spans of its import: %s", async (dump) => {
      const objects: KubeJson[] = [];
      await readInput({
        paths: readdirSync(join(DUMPS, dump)).map((file) => join(DUMPS, dump, file)),
        onProblem: () => {},
        onObject: ({ value }) => objects.push(value as unknown as KubeJson),
      });
      const kept = new Kept();
      collect({ sink: kept.take });
      for (const object of objects) server.put(object);
      await expectSame(kept, imported(objects));
    });
  },
);

function waits(kept: Kept): unknown[] {
  const events = kept.named("step build")?.events ?? [];
  return events.filter(({ name }) => name === "waiting").map(({ attributes }) => attributes["tekton.reason"]);
}

const CREATED = { namespace: "demo", creationTimestamp: "2026-01-01T00:00:00Z" };

interface ConditionSketch {
  status: "True" | "Unknown";
  reason: string;
}

function statusOf({ status, reason }: ConditionSketch) {
  const transition = { lastTransitionTime: "2026-01-01T00:00:20Z" };
  const completion = status === "True" ? { completionTime: "2026-01-01T00:00:20Z" } : {};
  return { conditions: [{ type: "Succeeded", status, reason, ...transition }], ...completion };
}

function pipelineRun(condition: ConditionSketch) {
  return {
    apiVersion: "tekton.dev/v1",
    kind: "PipelineRun",
    metadata: { ...CREATED, name: "ship-1", uid: "11111111-0000-4000-8000-000000000000" },
    spec: { pipelineRef: { name: "ship" } },
    status: statusOf(condition),
  };
}

function taskRun(condition: ConditionSketch, steps: object[] = [], name = "ship-1-build") {
  const owner = {
    apiVersion: "tekton.dev/v1",
    kind: "PipelineRun",
    name: "ship-1",
    uid: pipelineRun(condition).metadata.uid,
  };
  const labels = { "tekton.dev/pipelineTask": name };
  const metadata = {
    ...CREATED,
    name,
    uid: `uid-of-${name}`,
    labels,
    ownerReferences: [{ ...owner, controller: true }],
  };
  const status = { ...statusOf(condition), podName: `${name}-pod`, steps };
  return { apiVersion: "tekton.dev/v1", kind: "TaskRun", metadata, status };
}

function pod(state: object) {
  const owner = {
    apiVersion: "tekton.dev/v1",
    kind: "TaskRun",
    name: "ship-1-build",
    uid: "uid-of-ship-1-build",
  };
  const metadata = {
    ...CREATED,
    name: "ship-1-build-pod",
    uid: "uid-of-pod",
    ownerReferences: [{ ...owner, controller: true }],
  };
  const status = { phase: "Pending", containerStatuses: [{ name: "step-build", state }] };
  return { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [{ name: "step-build" }] }, status };
}
