import { describe, expect, it } from "vitest";
import { setOpen } from "../model/fold.ts";
import { layOutRows, UNTOUCHED } from "../model/rows.ts";
import { traceFrom } from "../model/trace.testing.ts";
import { treeMove } from "./tree-keys.ts";

const trace = traceFrom([
  {
    name: "RUN",
    type: "pipelinerun",
    below: [{ name: "clone", type: "taskrun", below: [{ name: "step" }] }, { name: "lint" }],
  },
]);
const rows = layOutRows(trace, UNTOUCHED);
const folded = layOutRows(trace, setOpen(UNTOUCHED, { id: "s1", isOpen: false }));

describe("keys in the tree", () => {
  it("go up and down, and stay at the ends", () => {
    expect(treeMove("ArrowDown", { trace, rows, row: -1 })).toEqual({ kind: "select", row: 0 });
    expect(treeMove("ArrowDown", { trace, rows, row: 3 })).toEqual({ kind: "select", row: 3 });
    expect(treeMove("ArrowUp", { trace, rows, row: 1 })).toEqual({ kind: "select", row: 0 });
    expect(treeMove("End", { trace, rows, row: 0 })).toEqual({ kind: "select", row: 3 });
    expect(treeMove("Home", { trace, rows, row: 3 })).toEqual({ kind: "select", row: 0 });
  });

  it("open a folded span, then go to its first child", () => {
    expect(treeMove("ArrowRight", { trace, rows: folded, row: 1 })).toEqual({ kind: "open", row: 1 });
    expect(treeMove("ArrowRight", { trace, rows, row: 1 })).toEqual({ kind: "select", row: 2 });
    expect(treeMove("ArrowRight", { trace, rows, row: 2 })).toBeUndefined();
  });

  it("fold an open span, then go to its parent", () => {
    expect(treeMove("ArrowLeft", { trace, rows, row: 1 })).toEqual({ kind: "fold", row: 1 });
    expect(treeMove("ArrowLeft", { trace, rows, row: 2 })).toEqual({ kind: "select", row: 1 });
    expect(treeMove("ArrowLeft", { trace, rows: folded, row: 1 })).toEqual({ kind: "select", row: 0 });
  });

  it("are left to the page where they mean nothing here", () => {
    expect(treeMove("x", { trace, rows, row: 1 })).toBeUndefined();
  });
});
