import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "./api.ts";
import { type Outcome, startWorkQueue, type WorkQueueOptions } from "./work-queue.ts";

/** A queue, and a promise for the moment a condition holds after some piece of work. */
function startQueue({
  handle,
  ...options
}: Partial<WorkQueueOptions> & { handle: (key: string) => Promise<Outcome> }) {
  const waits = new Set<() => void>();
  const faults: unknown[] = [];
  const queue = startWorkQueue({
    workers: 4,
    onFault: (fault) => faults.push(fault),
    ...options,
    handle: async (key) => {
      try {
        return await handle(key);
      } finally {
        queueMicrotask(() => {
          for (const wait of waits) wait();
        });
      }
    },
  });
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve) => {
      const wait = () => {
        if (!holds()) return;
        waits.delete(wait);
        resolve();
      };
      waits.add(wait);
      wait();
    });
  return { queue, until, faults };
}

const conflict = () => new ApiError({ status: 409, reason: "Conflict", message: "changed meanwhile" });

describe("a work queue", () => {
  it("never works on a key twice at the same time, and loses nothing that was added", async () => {
    const keys = fc.constantFrom<string>("a", "b", "c");
    const step = fc.record({ key: keys, pause: fc.boolean(), fails: fc.boolean(), after: fc.nat(2) });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 30 }),
        fc.integer({ min: 1, max: 3 }),
        async (steps, workers) => {
          const wanted = new Map<string, number>();
          const seen = new Map<string, number>();
          const active = new Set<string>();
          const failing = steps.filter(({ fails }) => fails).map(({ key }) => key);
          const { queue, until } = startQueue({
            workers,
            handle: async (key) => {
              expect(active.has(key)).toBe(false);
              expect(active.size).toBeLessThan(workers);
              active.add(key);
              const version = wanted.get(key) ?? 0;
              await Promise.resolve();
              if (version % 2 === 0) await sleep(0);
              active.delete(key);
              const index = failing.indexOf(key);
              if (index !== -1) {
                failing.splice(index, 1);
                throw new Error("not this time");
              }
              seen.set(key, version);
              return {};
            },
          });
          for (const { key, pause, after } of steps) {
            wanted.set(key, (wanted.get(key) ?? 0) + 1);
            queue.addAfter(key, after);
            if (pause) await sleep(0);
          }
          await until(() => [...wanted].every(([key, version]) => seen.get(key) === version));
          await queue.stop();
        },
      ),
      { numRuns: 60 },
    );
  });

  it("takes keys in the order they came, a waiting one once", async () => {
    const order: string[] = [];
    const { queue, until } = startQueue({
      workers: 1,
      handle: async (key) => {
        order.push(key);
        return {};
      },
    });
    for (const key of ["a", "b", "a", "c", "b"]) queue.add(key);
    await until(() => order.length === 3);
    expect(order).toEqual(["a", "b", "c"]);
    await queue.stop();
  });

  it("comes back to a key when its outcome asks for it, at the earliest time of several", async () => {
    let passes = 0;
    const { queue, until } = startQueue({
      handle: async () => (++passes === 1 ? { requeueAfterMillis: 20 } : {}),
    });
    queue.addAfter("a", 3_600_000);
    queue.add("a");
    await until(() => passes === 2);
    await queue.stop();
  });

  it("keeps a time that is farther away than a timer can be", async () => {
    let passes = 0;
    const { queue } = startQueue({
      handle: async () => {
        passes++;
        return {};
      },
    });
    queue.addAfter("a", 2 ** 40);
    await sleep(20);
    expect(passes).toBe(0);
    await queue.stop();
  });

  it("tries a conflict again without a word, and a fault with one", async () => {
    let passes = 0;
    const { queue, until, faults } = startQueue({
      handle: async () => {
        passes++;
        if (passes <= 3) throw conflict();
        if (passes === 4) throw new Error("out of luck");
        return {};
      },
    });
    queue.add("a");
    await until(() => passes === 5);
    expect(faults.map(String)).toEqual(["Error: out of luck"]);
    await queue.stop();
  });

  it("loses patience with a conflict that does not end", async () => {
    let passes = 0;
    const { queue, until, faults } = startQueue({
      handle: async () => {
        passes++;
        throw conflict();
      },
    });
    queue.add("a");
    await until(() => passes === 6);
    expect(faults.length).toBeGreaterThan(0);
    await queue.stop();
  });

  it("finishes what it is at when it is stopped, and takes no more", async () => {
    const done: string[] = [];
    let release = () => {};
    const { queue } = startQueue({
      handle: async (key) => {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        done.push(key);
        return {};
      },
      workers: 1,
    });
    queue.add("a");
    queue.add("b");
    await Promise.resolve();
    const stopped = queue.stop();
    expect(queue.stop()).toBe(stopped);
    queue.add("c");
    release();
    await stopped;
    expect(done).toEqual(["a"]);
  });

  it("keeps a key that changes all the time to its share, and still comes to its last change", async () => {
    let passes = 0;
    let latest = 0;
    let seen = 0;
    const { queue, until } = startQueue({
      share: { ofTime: 0.5, burstMillis: 5 },
      handle: async () => {
        passes++;
        seen = latest;
        await sleep(2);
        return {};
      },
    });
    for (; latest < 100; latest++) {
      queue.add("busy");
      await sleep(1);
    }
    queue.add("busy");
    await until(() => seen === latest);
    expect(passes).toBeGreaterThan(1);
    expect(passes).toBeLessThan(latest);
    await queue.stop();
  });
});
