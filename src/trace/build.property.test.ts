import { hash } from "node:crypto";
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

/** The objects in an order that only the seed decides, so that a counterexample is two numbers. */
function shuffled<T>(values: readonly T[], seed: number): T[] {
  const keys = new Map(values.map((value, index) => [value, hash("md5", `${seed} ${index}`)]));
  return [...values].sort((a, b) => ((keys.get(a) ?? "") < (keys.get(b) ?? "") ? -1 : 1));
}

/** Some of the objects: none, half, all but one… */
function someOf<T>(values: readonly T[], seed: number): T[] {
  return shuffled(values, seed).slice(0, seed % (values.length + 1));
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
    fc.assert(
      fc.property(seeds, seeds, (seed, order) => {
        const objects = objectsOfSeed(seed);
        const mixed = [...shuffled(objects, order), ...someOf(objects, order)];
        expect(tracesOf(mixed)).toEqual(tracesOf(objects));
      }),
      { numRuns: 60 },
    );
  });

  it("are sound when any of the objects are missing", () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, choice) =>
        expectSoundTraces(tracesOf(someOf(objectsOfSeed(seed), choice))),
      ),
      { numRuns: 150 },
    );
  });

  it("keep the ids they share when any of the objects are missing", () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, choice) => {
        const some = someOf(objectsOfSeed(seed), choice);
        const whole = new Map(spansOf(tracesOf(objectsOfSeed(seed))));
        for (const [spanId, identity] of spansOf(tracesOf(some))) {
          if (whole.has(spanId)) expect(identity).toBe(whole.get(spanId));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("say of each task what it waited for, and that is in its own pipeline", () => {
    fc.assert(
      fc.property(seeds, seeds, (seed, choice) => {
        const some = someOf(objectsOfSeed(seed), choice);
        const pipelines = new Map(objectsOf(some).pipelineRuns.map(({ meta, graph }) => [meta.uid, graph]));
        for (const { uid, spanId, resourceSpans } of tracesOf(some)) {
          const tasks = (pipelines.get(uid) ?? []).map(({ name }) => name);
          const children = resourceSpans.spans.filter(({ parentSpanId }) => parentSpanId === spanId);
          const named = children.flatMap(({ attributes }) => attributes["tekton.pipeline_task.after"] ?? []);
          expect(tasks).toEqual(expect.arrayContaining(named));
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

describe("whatever the annotations hold", () => {
  const junk = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    fc.constantFrom(
      "",
      "{}",
      "null",
      '{"traceparent":1}',
      `{"traceparent":"00-${"0".repeat(32)}-${"1".repeat(16)}-01"}`,
    ),
  );
  const carriers = fc.dictionary(
    fc.constantFrom(
      "tekton.dev/pipelinerunSpanContext",
      "tekton.dev/taskrunSpanContext",
      "tekton.dev/traceparent",
      "tekton.dev/tracestate",
      "tekton.dev/baggage",
      "tekton/pipelinerun-span-context",
    ),
    junk,
  );

  it("the trace is sound", () => {
    fc.assert(
      fc.property(seeds, carriers, fc.anything(), (seed, annotations, spanContext) => {
        const objects = objectsOfSeed(seed).map((object) => ({
          ...object,
          metadata: { ...(object.metadata as object), annotations },
          status: { ...(object.status as object), spanContext },
        }));
        expectSoundTraces(tracesOf(objects));
      }),
      { numRuns: 100 },
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
