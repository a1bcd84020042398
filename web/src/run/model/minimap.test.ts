import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Raster, rasterise } from "./minimap.ts";
import { SPAN_KINDS } from "./span-kind.ts";
import { anyRoots, traceFrom } from "./trace.testing.ts";

const LETTERS: Partial<Record<string, string>> = { run: "R", task: "T", step: "s", wait: "w" };

function drawn({ columns, lanes, cells, failures }: Raster): string[] {
  const letter = (cell: number) => (cell === 0 ? "·" : (LETTERS[SPAN_KINDS[cell - 1] ?? ""] ?? "?"));
  const rows = Array.from({ length: lanes }, (_, lane) =>
    [...cells.subarray(lane * columns, (lane + 1) * columns)].map(letter).join(""),
  );
  return [...rows, [...failures].map((hasFailed) => (hasFailed ? "!" : " ")).join("")];
}

describe("the minimap", () => {
  it("is the whole trace in small, with failures marked below", () => {
    const trace = traceFrom([
      {
        name: "RUN",
        type: "pipelinerun",
        took: 9990,
        below: [
          { name: "wait", type: "wait", took: 990 },
          {
            name: "test",
            type: "taskrun",
            at: 1000,
            took: 8990,
            flags: ["error"],
            below: [{ name: "step", type: "step", at: 5000, took: 2990, flags: ["error"] }],
          },
        ],
      },
    ]);
    expect(drawn(rasterise(trace, { columns: 10, lanes: 4, extentMs: 10_000 }))).toEqual([
      "RRRRRRRRRR",
      "w·········",
      "·TTTTTTTTT",
      "·····sss··",
      "     !!!  ",
    ]);
  });

  it("shows the more telling span where many share a lane", () => {
    const steps = [{ name: "step", type: "step", at: 400, took: 190 }];
    const trace = traceFrom([{ name: "RUN", type: "pipelinerun", took: 990, below: steps }]);
    expect(drawn(rasterise(trace, { columns: 10, lanes: 1, extentMs: 1000 }))[0]).toBe("RRRRssRRRR");
  });

  it("lets what is still running reach to the end", () => {
    const trace = traceFrom([{ name: "RUN", type: "pipelinerun", took: 100, flags: ["provisional"] }]);
    expect(drawn(rasterise(trace, { columns: 4, lanes: 1, extentMs: 1000 }))[0]).toBe("RRRR");
  });

  it("never paints beside its cells, whatever the trace", () => {
    fc.assert(
      fc.property(
        anyRoots,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 9000 }),
        (roots, columns, extentMs) => {
          const raster = rasterise(traceFrom(roots), { columns, lanes: 5, extentMs });
          expect(raster.cells).toHaveLength(columns * 5);
          expect(Math.max(0, ...raster.cells)).toBeLessThanOrEqual(SPAN_KINDS.length);
        },
      ),
      { numRuns: 50 },
    );
  });
});
