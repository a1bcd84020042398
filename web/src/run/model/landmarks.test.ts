import { describe, expect, it } from "vitest";
import { firstFailure, placeOf, slowestStep } from "./landmarks.ts";
import { runFrom, type Sketch, traceFrom } from "./trace.testing.ts";
import { textAt } from "./trace.ts";

const trace = traceFrom([
  {
    name: "RUN",
    type: "pipelinerun",
    flags: ["error"],
    below: [
      { name: "clone", type: "taskrun", below: [{ name: "step git", type: "step", took: 900 }] },
      {
        name: "test",
        type: "taskrun",
        flags: ["error"],
        below: [
          { name: "pull image", type: "phase", at: 0, took: 5, flags: ["error"] },
          { name: "step unit", type: "step", at: 100, took: 50, flags: ["error"] },
          { name: "step lint", type: "step", at: 10, took: 20, flags: ["error"] },
        ],
      },
    ],
  },
]);

describe("what to look at first", () => {
  it("is the step that failed first, not what failed because of it", () => {
    expect(firstFailure(trace, runFrom({ span: 0 }))).toBe(6);
    expect(placeOf(trace, 6)).toBe("test › step lint");
  });

  it("is a failed step, not a command that failed inside another and was dealt with there", () => {
    const lint: Sketch = { name: "lint", at: 10, took: 10, flags: ["error"] };
    const compile: Sketch = { name: "cc", at: 200, took: 10, flags: ["error"] };
    const steps = (last: Sketch): Sketch => ({
      name: "RUN",
      type: "pipelinerun",
      flags: ["error"],
      below: [
        { name: "build", type: "taskrun", below: [{ name: "step build", type: "step", below: [lint] }] },
        { name: "make", type: "taskrun", flags: ["error"], below: [last] },
      ],
    });
    const failing = traceFrom([
      steps({ name: "step make", type: "step", at: 100, flags: ["error"], below: [compile] }),
    ]);
    expect(placeOf(failing, firstFailure(failing, runFrom({ span: 0 })))).toBe("make › step make");
    const timedOut = traceFrom([steps({ name: "step make", type: "step", at: 100, below: [compile] })]);
    expect(textAt(timedOut, timedOut.name, firstFailure(timedOut, runFrom({ span: 0 })))).toBe("make");
  });

  it("is a command inside a step where nothing else failed", () => {
    const below: Sketch[] = [{ name: "lint", flags: ["error"] }];
    const fine = traceFrom([
      { name: "RUN", type: "pipelinerun", below: [{ name: "step build", type: "step", below }] },
    ]);
    expect(firstFailure(fine, runFrom({ span: 0, result: "success" }))).toBe(2);
  });

  it("is a failed task where no step is known to have failed", () => {
    const gone = traceFrom([
      {
        name: "RUN",
        type: "pipelinerun",
        flags: ["error"],
        below: [{ name: "test", type: "taskrun", flags: ["error"] }],
      },
    ]);
    expect(firstFailure(gone, undefined)).toBe(1);
  });

  it("is not a reconciler that had to try again", () => {
    const below = [{ name: "updateStatus", type: "reconcile", flags: ["error" as const] }];
    expect(firstFailure(traceFrom([{ name: "RUN", type: "pipelinerun", below }]), undefined)).toBe(-1);
    const failed = traceFrom([{ name: "RUN", type: "pipelinerun", flags: ["error"], below }]);
    expect(firstFailure(failed, undefined)).toBe(0);
  });

  it("is the step that took longest", () => {
    expect(slowestStep(trace, undefined)).toBe(2);
  });

  it("is nothing where nothing failed and there are no steps", () => {
    const plain = traceFrom([{ name: "GET /" }]);
    expect([firstFailure(plain, undefined), slowestStep(plain, undefined)]).toEqual([-1, -1]);
  });
});
