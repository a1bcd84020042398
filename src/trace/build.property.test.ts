import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { generateRun, type JsonObject, randomScenario } from "../../test/generate/index.ts";
import { expectSoundTraces } from "../../test/invariants.ts";
import { objectsOf } from "../../test/load.ts";
import { buildTraces, type RunTrace } from "./index.ts";

const seeds = fc.integer({ min: 0, max: 100_000 });

function objectsOfSeed(seed: number): JsonObject[] {
  return generateRun(randomScenario(seed), seed).all();
}

function tracesOf(objects: Iterable<unknown>): RunTrace[] {
  return buildTraces(objectsOf(objects)).runs;
}

describe("traces of generated runs", () => {
  it("are sound", () => {
    fc.assert(
      fc.property(seeds, (seed) => expectSoundTraces(tracesOf(objectsOfSeed(seed)))),
      { numRuns: 150 },
    );
  });

  it("are the same in whatever order, and however often, the objects come", () => {
    const shuffled = seeds.chain((seed) => {
      const objects = objectsOfSeed(seed);
      const repeated = fc.shuffledSubarray(objects, { minLength: 0 });
      return fc.record({
        objects: fc.constant(objects),
        mixed: fc
          .tuple(fc.shuffledSubarray(objects, { minLength: objects.length }), repeated)
          .map((parts) => parts.flat()),
      });
    });
    fc.assert(
      fc.property(shuffled, ({ objects, mixed }) => {
        expect(tracesOf(mixed)).toEqual(tracesOf(objects));
      }),
      { numRuns: 60 },
    );
  });

  it("are sound when any of the objects are missing", () => {
    const partial = seeds.chain((seed) => fc.shuffledSubarray(objectsOfSeed(seed)));
    fc.assert(
      fc.property(partial, (objects) => expectSoundTraces(tracesOf(objects))),
      { numRuns: 150 },
    );
  });

  it("keep the ids they share when any of the objects are missing", () => {
    const partial = seeds.chain((seed) =>
      fc.tuple(fc.constant(seed), fc.shuffledSubarray(objectsOfSeed(seed))),
    );
    fc.assert(
      fc.property(partial, ([seed, some]) => {
        const whole = new Map(spansOf(tracesOf(objectsOfSeed(seed))));
        for (const [spanId, identity] of spansOf(tracesOf(some))) {
          if (whole.has(spanId)) expect(identity).toBe(whole.get(spanId));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("are sound when any time is missing, unreadable, or any other time", () => {
    const vandal = fc.record({
      seed: seeds,
      every: fc.integer({ min: 2, max: 40 }),
      times: fc.array(
        fc.oneof(
          fc.constant(null),
          fc.constant("yesterday"),
          fc
            .date({ min: new Date(0), max: new Date("2200-01-01"), noInvalidDate: true })
            .map((date) => date.toISOString()),
        ),
        { minLength: 1, maxLength: 5 },
      ),
    });
    fc.assert(
      fc.property(vandal, ({ seed, every, times }) => {
        let position = 0;
        const spoiled = JSON.parse(JSON.stringify(objectsOfSeed(seed)), (_, value) => {
          if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT/.test(value)) return value;
          position++;
          return position % every === 0 ? times[position % times.length] : value;
        });
        expectSoundTraces(tracesOf(spoiled));
      }),
      { numRuns: 200 },
    );
  });
});

/** Span ids with what a span of that id has to be. */
function spansOf(runs: readonly RunTrace[]): [string, string][] {
  return runs.flatMap(({ resourceSpans }) =>
    resourceSpans.spans.map((span): [string, string] => [
      span.spanId,
      `${span.attributes["throughline.type"]} ${span.name}`,
    ]),
  );
}
