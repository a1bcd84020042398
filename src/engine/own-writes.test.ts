import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { type Informer, type KubeApi, type Stored, startInformer } from "../kube/index.ts";
import { type OwnWrites, rememberWrites } from "./own-writes.ts";
import { startTestApi, type TestApi } from "./testing.ts";
import { type TaskRun, TektonKind } from "./types/index.ts";

const KIND = TektonKind.taskRun;
const KEY = { namespace: "demo", name: "build" };
const RUN: TaskRun = { apiVersion: "tekton.dev/v1", kind: "TaskRun", metadata: KEY, spec: {} };

interface Told {
  version: number;
  isEcho: boolean;
}

let cache: Informer<TaskRun>;
afterEach(() => cache.stop());

/** An API with one TaskRun in it, and a cache that sees what happens when it is let. */
class Stage {
  readonly api: TestApi = startTestApi({ now: () => "2026-01-01T00:00:00Z" });
  readonly own: OwnWrites = rememberWrites(this.api, [KIND]);
  readonly told: Told[] = [];
  #seen = 0;
  #letSee = () => {};

  async start(): Promise<void> {
    await this.api.create(KIND, RUN);
    cache = startInformer({ api: { ...this.api, watch: this.#watch }, kind: KIND });
    await cache.ready;
    cache.onChange(({ type, object }) => {
      if (type !== "modified") return;
      this.told.push({ version: Number(object.metadata.resourceVersion), isEcho: this.own.isEcho(object) });
    });
  }

  /** Holds everything back until {@link see}. */
  readonly #watch: KubeApi["watch"] = (kind, options) => {
    const delayed = async function* (stage: Stage) {
      for await (const event of stage.api.watch(kind, options)) {
        if (event.type === "BOOKMARK") continue;
        while (Number(event.object.metadata.resourceVersion) > stage.#seen)
          await new Promise<void>((resolve) => {
            stage.#letSee = resolve;
          });
        yield event;
      }
    };
    return delayed(this);
  };

  /** The cache gets the next `count` versions, as far as there are so many. */
  async see(count: number): Promise<void> {
    this.#seen = Math.min(this.latest, Math.max(this.cached, this.#seen) + count);
    this.#letSee();
    await expect.poll(() => this.cached, { interval: 0 }).toBe(Math.max(this.#seen, 1));
  }

  get latest(): number {
    return versionOf(this.api.all(KIND)[0]);
  }

  get cached(): number {
    return versionOf(cache.get(KEY));
  }

  get copy(): Stored<TaskRun> {
    const copy = this.own.upToDate(cache).get(KEY);
    if (copy === undefined) throw new Error("the cache is empty");
    return copy;
  }
}

function versionOf(object: Stored<TaskRun> | undefined): number {
  return Number(object?.metadata.resourceVersion);
}

async function staged(): Promise<Stage> {
  const stage = new Stage();
  await stage.start();
  return stage;
}

describe("own writes", () => {
  it("are echoes when they come back, each of a row of them", async () => {
    const stage = await staged();
    const { resourceVersion } = stage.copy.metadata;
    await stage.own.api.patch(KIND, KEY, { metadata: { resourceVersion, labels: { a: "b" } } });
    await stage.own.api.updateStatus(KIND, { ...stage.copy, status: { podName: "p" } });
    await stage.see(2);
    expect(stage.told).toEqual([
      { version: 2, isEcho: true },
      { version: 3, isEcho: true },
    ]);
  });

  it("are no echoes where one reconciler writes to another", async () => {
    const stage = await staged();
    await stage.own.api.patch(KIND, KEY, { spec: { status: "TaskRunCancelled" } });
    await stage.see(1);
    expect(stage.told).toEqual([{ version: 2, isEcho: false }]);
  });

  it("never hide what somebody else wrote, and never make a copy older", async () => {
    const step = fc.oneof(
      fc.constantFrom("status", "metadata", "command", "foreign").map((kind) => ({ kind, count: 0 })),
      fc.integer({ min: 1, max: 3 }).map((count) => ({ kind: "see", count })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const stage = await staged();
        const exact = new Set<number>();
        for (const [index, { kind, count }] of steps.entries()) {
          const before = stage.latest;
          if (kind === "see") await stage.see(count);
          else await write(stage, { kind, text: `${index}` });
          const isOwn = kind === "status" || kind === "metadata";
          if (isOwn && stage.latest > before) exact.add(stage.latest);
          expect(versionOf(stage.copy)).toBeGreaterThanOrEqual(stage.cached);
        }
        await stage.see(steps.length);
        expect(versionOf(stage.copy)).toBe(stage.latest);
        expect(stage.told.map(({ version }) => version)).toEqual(
          Array.from({ length: stage.latest - 1 }, (_, index) => index + 2),
        );
        expect(stage.told.filter(({ version, isEcho }) => isEcho && !exact.has(version))).toEqual([]);
        cache.stop();
      }),
      { numRuns: 60 },
    );
  });
});

/** A write on an old copy is refused, and the reconciler left with what it has. */
async function write({ api, own, copy }: Stage, { kind, text }: { kind: string; text: string }) {
  const { resourceVersion } = copy.metadata;
  const labels = { text };
  const writes: Record<string, () => Promise<unknown>> = {
    status: () => own.api.updateStatus(KIND, { ...copy, status: { podName: text } }),
    metadata: () => own.api.patch(KIND, KEY, { metadata: { resourceVersion, labels } }),
    command: () => own.api.patch(KIND, KEY, { spec: { statusMessage: text } }),
    foreign: () => api.patch(KIND, KEY, { metadata: { labels } }),
  };
  await writes[kind]?.().catch((fault: Error) => expect(fault.message).toContain("has been modified"));
}
