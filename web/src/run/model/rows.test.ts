import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openSiblings, reveal, setOpen } from "./fold.ts";
import { type Folding, layOutRows, ROW, UNTOUCHED } from "./rows.ts";
import { anyRoots, traceFrom } from "./trace.testing.ts";
import { ancestorsOf } from "./trace.ts";

const trace = traceFrom([
  {
    name: "RUN build",
    type: "pipelinerun",
    below: [
      { name: "clone", type: "taskrun", below: [{ name: "step a", type: "step" }] },
      { name: "reconcile", type: "reconcile" },
      { name: "lint", type: "taskrun", below: [{ name: "step b", type: "step" }] },
    ],
  },
]);
const spans = (folding: Folding) => [...layOutRows(trace, folding).span];

describe("the rows of the tree", () => {
  it("are all spans but quiet ones where the trace is small", () => {
    expect(spans(UNTOUCHED)).toEqual([0, 1, 2, 4, 5]);
    expect(layOutRows(trace, UNTOUCHED).quiet).toBe(1);
  });

  it("show quiet spans when asked for", () => {
    expect(spans({ ...UNTOUCHED, isQuietShown: true })).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("count what is below them, quiet spans only where these are shown", () => {
    expect([...layOutRows(trace, UNTOUCHED).below]).toEqual([4, 1, 0, 1, 0]);
    expect([...layOutRows(trace, { ...UNTOUCHED, isQuietShown: true }).below]).toEqual([5, 1, 0, 0, 1, 0]);
    expect(layOutRows(trace, UNTOUCHED)).toMatchObject({ quiet: 1, reconciles: 1 });
  });

  it("leave out what is inside a folded span, and say which row stands for it", () => {
    const rows = layOutRows(trace, setOpen(UNTOUCHED, { id: "s1", isOpen: false }));
    expect([...rows.span]).toEqual([0, 1, 4, 5]);
    expect([...rows.rowOf]).toEqual([0, 1, 1, 0, 2, 3]);
    expect(rows.state[1]).toBe(ROW.hasChildren);
  });

  it("show tasks only, but for what was opened by hand", () => {
    const closed: Folding = { ...UNTOUCHED, base: "closed" };
    expect(spans(closed)).toEqual([0, 1, 4]);
    expect(spans(setOpen(closed, { id: "s4", isOpen: true }))).toEqual([0, 1, 4, 5]);
  });

  it("open siblings together", () => {
    const closed: Folding = { ...UNTOUCHED, base: "closed" };
    expect(spans(openSiblings(closed, { trace, index: 1 }))).toEqual([0, 1, 2, 4, 5]);
  });

  it("show a span that is revealed, however deep or quiet it is", () => {
    const closed = setOpen({ ...UNTOUCHED, base: "closed" }, { id: "s0", isOpen: false });
    expect(spans(reveal(closed, { trace, index: 5 }))).toContain(5);
    expect(spans(reveal(closed, { trace, index: 3 }))).toContain(3);
  });

  it("begin folded where a trace is too large to read, with the first level open", () => {
    const below = Array.from({ length: 100 }, () => ({ name: "step", type: "step" }));
    const tasks = Array.from({ length: 10 }, () => ({ name: "task", type: "taskrun", below }));
    const large = traceFrom([{ name: "RUN", type: "pipelinerun", below: tasks }]);
    expect(layOutRows(large, UNTOUCHED).span).toHaveLength(11);
    expect(layOutRows(large, { ...UNTOUCHED, base: "open" }).span).toHaveLength(1011);
  });

  it("hold each span once, in order, with all spans above it open", () => {
    const anyFolding = fc.record({
      base: fc.constantFrom("auto" as const, "open" as const, "closed" as const),
      byHand: fc
        .dictionary(
          fc.nat(30).map((index) => `s${index}`),
          fc.boolean(),
        )
        .map((of) => new Map(Object.entries(of))),
      isQuietShown: fc.boolean(),
    });
    fc.assert(
      fc.property(anyRoots, anyFolding, (roots, folding) => {
        const any = traceFrom(roots);
        const rows = layOutRows(any, folding);
        const shown = [...rows.span];
        expect(shown).toEqual([...new Set(shown)].sort((a, b) => a - b));
        for (const [row, span] of shown.entries()) {
          expect(rows.rowOf[span]).toBe(row);
          for (const above of ancestorsOf(any, span))
            expect((rows.state[rows.rowOf[above] ?? -1] ?? 0) & ROW.isOpen).toBe(ROW.isOpen);
        }
      }),
      { numRuns: 100 },
    );
  });
});
