import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Bar } from "./bar.ts";
import { type Row, rowsOf } from "./fold.ts";

function bar(title: string, more: Partial<Bar> = {}): Bar {
  return {
    title,
    type: "",
    startNs: 0n,
    endNs: 1n,
    mark: { text: "✓", colour: "green" },
    isTimeUnknown: false,
    isCoarse: false,
    isProvisional: false,
    isError: false,
    isOnPath: false,
    children: [],
    ...more,
  };
}

function text(rows: readonly Row[]): string[] {
  return rows.map((row) => "  ".repeat(row.depth) + (row.kind === "bar" ? row.bar.title : `… ${row.bars}`));
}

describe("the rows of a waterfall", () => {
  it("are all of them where there are few", () => {
    const roots = [bar("run", { children: [bar("build"), bar("test")] })];
    expect(text(rowsOf(roots, 3))).toEqual(["run", "  build", "  test"]);
  });

  it("are what failed or decided the duration, with all above it, where there are many", () => {
    const quiet = Array.from({ length: 50 }, (_, n) => bar(`quiet ${n}`));
    const steps = [...quiet, bar("failed", { isError: true }), bar("critical", { isOnPath: true })];
    const roots = [
      bar("run", { children: [bar("other", { children: quiet }), bar("task", { children: steps })] }),
    ];
    expect(text(rowsOf(roots, 5))).toEqual([
      "run",
      "  other",
      "    … 50",
      "  task",
      "    … 50",
      "    failed",
      "    critical",
    ]);
  });

  it("prefer reconcilers that decided something to others", () => {
    const children = [bar("looked", { endNs: 9n }), bar("created", { note: "created TaskRun build" })];
    expect(text(rowsOf([bar("run", { children })], 2))).toEqual(["run", "  … 1", "  created"]);
  });

  it("leave out phases that were over at once, unless every row is wanted", () => {
    const phases = [
      bar("schedule", { type: "phase" }),
      bar("pull", { type: "phase", endNs: 1_000_000n }),
      bar("init to the second", { type: "phase", isCoarse: true }),
      bar("init that failed", { type: "phase", isError: true }),
      bar("init that goes on", { type: "phase", isProvisional: true }),
      bar("step", { type: "step" }),
    ];
    const roots = [bar("build", { children: phases, isOnPath: true })];
    expect(text(rowsOf(roots, 50))).toEqual([
      "build",
      "  pull",
      "  init to the second",
      "  init that failed",
      "  init that goes on",
      "  step",
      "… 1",
    ]);
    expect(text(rowsOf(roots))).toContain("  schedule");
  });

  it("account for every span, however many there are and however deep they lie", () => {
    const { tree } = fc.letrec<{ tree: Bar }>((tie) => ({
      tree: fc
        .record({
          isError: fc.boolean(),
          isOnPath: fc.boolean(),
          children: fc.oneof(
            { depthSize: "small" },
            fc.constant<Bar[]>([]),
            fc.array(tie("tree"), { maxLength: 4 }),
          ),
        })
        .map((made) => bar("", made)),
    }));
    fc.assert(
      fc.property(fc.array(tree), fc.nat({ max: 20 }), (roots, most) => {
        const whole = rowsOf(roots).length;
        const shown = rowsOf(roots, most).reduce((sum, row) => sum + (row.kind === "bar" ? 1 : row.bars), 0);
        expect(shown).toBe(whole);
      }),
    );
  });

  it("may be of a trace as deep as it is long", () => {
    let deep = bar("leaf", { isOnPath: true });
    for (let depth = 0; depth < 50_000; depth++) deep = bar("above", { children: [deep] });
    expect(rowsOf([deep], 200).length).toBeGreaterThan(0);
  });
});
