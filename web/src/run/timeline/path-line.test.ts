import { describe, expect, it } from "vitest";
import { setOpen } from "../model/fold.ts";
import { layOutRows, UNTOUCHED } from "../model/rows.ts";
import { traceFrom } from "../model/trace.testing.ts";
import { pathLines } from "./path-line.ts";

const trace = traceFrom([
  {
    name: "RUN",
    type: "pipelinerun",
    below: [
      {
        name: "clone",
        type: "taskrun",
        below: [
          { name: "schedule", type: "phase" },
          { name: "step", type: "step" },
        ],
      },
      { name: "build", type: "taskrun" },
    ],
  },
]);
const criticalPath = [
  { span: 2, startMs: 0, endMs: 10 },
  { span: 3, startMs: 10, endMs: 40 },
  { span: 4, startMs: 40, endMs: 90 },
];

describe("the line of the critical path", () => {
  it("goes from row to row", () => {
    expect(pathLines([{ criticalPath }], { trace, rows: layOutRows(trace, UNTOUCHED) })).toEqual([
      [
        { row: 2, startMs: 0, endMs: 10 },
        { row: 3, startMs: 10, endMs: 40 },
        { row: 4, startMs: 40, endMs: 90 },
      ],
    ]);
  });

  it("runs through the task in whose folded rows it goes on", () => {
    const rows = layOutRows(trace, setOpen(UNTOUCHED, { id: "s1", isOpen: false }));
    expect(pathLines([{ criticalPath }], { trace, rows })).toEqual([
      [
        { row: 1, startMs: 0, endMs: 40 },
        { row: 2, startMs: 40, endMs: 90 },
      ],
    ]);
  });

  it("stays with the step before, or goes to the one after, while an open task does nothing of its own", () => {
    const gaps = [
      { span: 0, startMs: 0, endMs: 5 },
      { span: 1, startMs: 5, endMs: 10 },
      { span: 2, startMs: 10, endMs: 20 },
      { span: 1, startMs: 20, endMs: 30 },
      { span: 3, startMs: 30, endMs: 40 },
      { span: 0, startMs: 40, endMs: 50 },
      { span: 4, startMs: 50, endMs: 60 },
    ];
    expect(pathLines([{ criticalPath: gaps }], { trace, rows: layOutRows(trace, UNTOUCHED) })).toEqual([
      [
        { row: 2, startMs: 0, endMs: 30 },
        { row: 3, startMs: 30, endMs: 50 },
        { row: 4, startMs: 50, endMs: 60 },
      ],
    ]);
  });

  it("begins in the row of the wait, where the run has one", () => {
    const waited = traceFrom([
      {
        name: "RUN",
        type: "pipelinerun",
        below: [
          { name: "wait_duration", type: "wait" },
          { name: "build", type: "taskrun" },
        ],
      },
    ]);
    const path = [
      { span: 0, startMs: 0, endMs: 10 },
      { span: 2, startMs: 10, endMs: 40 },
      { span: 0, startMs: 40, endMs: 50 },
    ];
    const rows = layOutRows(waited, UNTOUCHED);
    expect(pathLines([{ criticalPath: path }], { trace: waited, rows })).toEqual([
      [
        { row: 1, startMs: 0, endMs: 10 },
        { row: 2, startMs: 10, endMs: 50 },
      ],
    ]);
  });
});
