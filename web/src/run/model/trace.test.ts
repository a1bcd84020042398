import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { answerFrom, anyRoots, runFrom, traceFrom } from "./trace.testing.ts";
import { ancestorsOf, childrenOf, NO_EXIT_CODE, runOf, textAt, traceOf } from "./trace.ts";

const trace = traceFrom([
  {
    name: "RUN build",
    type: "pipelinerun",
    below: [
      { name: "clone", type: "taskrun", below: [{ name: "step git", type: "step", exitCode: 0 }] },
      { name: "reconcile", type: "reconcile", below: [{ name: "update status", type: "reconcile" }] },
      { name: "resolve", type: "reconcile", below: [{ name: "http GET", service: "hub" }] },
    ],
  },
]);

describe("a trace made ready for drawing", () => {
  it("knows where what is below a span ends", () => {
    expect([...trace.last]).toEqual([7, 3, 3, 5, 5, 7, 7]);
  });

  it("knows children and ancestors", () => {
    expect(childrenOf(trace, 0)).toEqual([1, 3, 5]);
    expect(ancestorsOf(trace, 2)).toEqual([1, 0]);
  });

  it("takes a span for quiet only when all below it is quiet too", () => {
    expect([...trace.isQuiet]).toEqual([0, 0, 0, 1, 1, 0, 0]);
  });

  it("takes phases that were over at once for quiet, but not where that is not known or something went wrong", () => {
    const phase = { name: "schedule", type: "phase", took: 0.4 };
    const phases = traceFrom([
      {
        name: "build",
        type: "taskrun",
        below: [
          phase,
          { ...phase, took: 1 },
          { ...phase, flags: ["coarse"] },
          { ...phase, flags: ["error"] },
          { ...phase, flags: ["provisional"] },
        ],
      },
    ]);
    expect([...phases.isQuiet]).toEqual([0, 1, 0, 0, 0, 0]);
  });

  it("names the image that was pulled", () => {
    const below = [
      { name: "pull image", type: "phase" },
      { name: "pull image", type: "phase" },
    ];
    const pulls = traceFrom([{ name: "build", type: "taskrun", below }], {
      images: [{ span: 2, image: "golang:1.24" }],
    });
    expect([1, 2].map((index) => textAt(pulls, pulls.name, index))).toEqual([
      "pull image",
      "pull golang:1.24",
    ]);
  });

  it("keeps exit codes apart from none", () => {
    expect([trace.exitCode[1], trace.exitCode[2]]).toEqual([NO_EXIT_CODE, 0]);
  });

  it("reads texts by their index", () => {
    expect(textAt(trace, trace.name, 1)).toBe("clone");
  });

  it("takes a parent that comes after its child as missing, so that no answer makes it go in circles", () => {
    const answer = answerFrom([{ name: "a" }, { name: "b" }]);
    answer.spans.parent = [1, 0];
    expect([...traceOf(answer).parent]).toEqual([-1, 0]);
  });

  it("gives a span to the innermost run it is in, and a span outside of all runs to the first", () => {
    const outer = runFrom({ name: "outer", span: 0 });
    const inner = runFrom({ name: "inner", span: 1 });
    const nested = traceFrom(
      [
        { name: "outer", below: [{ name: "inner", below: [{ name: "step" }] }, { name: "task" }] },
        { name: "other" },
      ],
      { runs: [outer, inner] },
    );
    expect([2, 3, 4].map((index) => runOf(nested, index)?.name)).toEqual(["inner", "outer", "outer"]);
  });

  it("encloses exactly the spans that have a span among their ancestors", () => {
    fc.assert(
      fc.property(anyRoots, (roots) => {
        const any = traceFrom(roots);
        for (let index = 0; index < any.count; index++)
          for (let other = 0; other < any.count; other++)
            expect(index < other && other < (any.last[index] ?? 0)).toBe(
              ancestorsOf(any, other).includes(index),
            );
      }),
      { numRuns: 50 },
    );
  });
});
