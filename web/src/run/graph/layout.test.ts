import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { GraphTask } from "../../../../src/insight/answers/index.ts";
import { runFrom, traceFrom } from "../model/trace.testing.ts";
import { criticalEdges, criticalTasks } from "./critical.ts";
import { curveThrough, layOutGraph, NODE } from "./layout.ts";
import { orderColumns } from "./order.ts";
import { plainEdges, rankNodes } from "./ranks.ts";

function task(name: string, after: string[] = [], more: Partial<GraphTask> = {}): GraphTask {
  return {
    task: name,
    span: 0,
    result: "success",
    after,
    isFinally: false,
    durationMs: 1,
    waitMs: 0,
    slackMs: 0,
    ...more,
  };
}

/** Any graph, circles and unknown names included: after is what someone else wrote. */
const anyTasks = fc.array(fc.array(fc.nat(9), { maxLength: 4 }), { minLength: 1, maxLength: 8 }).map((all) =>
  all.map((after, index) =>
    task(
      `t${index}`,
      after.map((to) => `t${to}`),
      { isFinally: index === 7 },
    ),
  ),
);

describe("ranks", () => {
  it("put a task right of the furthest task it waits for", () => {
    const ranks = rankNodes([
      { id: "deploy", after: ["scan", "lint"] },
      { id: "clone", after: [] },
      { id: "lint", after: ["clone"] },
      { id: "scan", after: ["build"] },
      { id: "build", after: ["clone"] },
    ]);
    expect(Object.fromEntries(ranks)).toEqual({ clone: 0, lint: 1, build: 1, scan: 2, deploy: 3 });
  });

  it("leave out edges that a longer way says already", () => {
    const nodes = [
      { id: "clone", after: [] },
      { id: "build", after: ["clone"] },
      { id: "deploy", after: ["build", "clone"] },
    ];
    expect(plainEdges(nodes, rankNodes(nodes))).toEqual([
      { from: "clone", to: "build" },
      { from: "build", to: "deploy" },
    ]);
  });

  it("end for a chain of a thousand tasks and for tasks in a circle", () => {
    const chain = Array.from({ length: 1000 }, (_, index) => ({ id: `${index}`, after: [`${index + 1}`] }));
    expect(rankNodes(chain).get("0")).toBe(999);
    const circle = [
      { id: "a", after: ["b"] },
      { id: "b", after: ["a"] },
    ];
    expect(rankNodes(circle).size).toBe(2);
  });
});

describe("the order in a column", () => {
  it("follows what the tasks are joined to, so that edges do not cross", () => {
    const edges = [
      { from: "a", to: "y" },
      { from: "b", to: "x" },
    ];
    const ranks = new Map([
      ["a", 0],
      ["b", 0],
      ["x", 1],
      ["y", 1],
    ]);
    const columns = orderColumns({ ids: ["a", "b", "x", "y"], ranks, edges });
    expect(columns[1]?.map(({ id }) => id)).toEqual(["y", "x"]);
  });
});

describe("the graph", () => {
  it("goes from left to right, with what runs finally apart", () => {
    const { tasks, finallyX } = layOutGraph([
      task("clone"),
      task("build", ["clone"]),
      task("cleanup", [], { isFinally: true }),
    ]);
    const x = tasks.map((placed) => placed.x);
    expect(x).toEqual([...x].sort((a, b) => a - b));
    expect(finallyX).toBeGreaterThan((x[1] ?? 0) + NODE.width);
    expect(finallyX).toBeLessThan(x[2] ?? 0);
  });

  it("places every task, none on another, and joins only tasks from left to right", () => {
    fc.assert(
      fc.property(anyTasks, (tasks) => {
        const layout = layOutGraph(tasks);
        expect(layout.tasks).toHaveLength(tasks.length);
        for (const [index, a] of layout.tasks.entries())
          for (const b of layout.tasks.slice(index + 1))
            expect(Math.abs(a.x - b.x) >= NODE.width || Math.abs(a.y - b.y) >= NODE.height).toBe(true);
        for (const { points } of layout.edges) {
          const x = points.map((point) => point.x);
          expect(x).toEqual([...x].sort((a, b) => a - b));
        }
      }),
    );
  });

  it("draws an edge level where it leaves and arrives", () => {
    expect(
      curveThrough([
        { x: 0, y: 10 },
        { x: 40, y: 30 },
      ]),
    ).toBe("M0 10C20 10 20 30 40 30");
  });
});

describe("what is critical in a graph", () => {
  const trace = traceFrom([
    {
      name: "RUN",
      below: [{ name: "clone", below: [{ name: "step" }] }, { name: "lint" }, { name: "build" }],
    },
  ]);
  const run = runFrom({
    tasks: [
      task("clone", [], { span: 1 }),
      task("lint", ["clone"], { span: 3 }),
      task("build", ["clone"], { span: 4 }),
    ],
    criticalPath: [
      { span: 2, startMs: 0, endMs: 1 },
      { span: 4, startMs: 1, endMs: 2 },
    ],
  });

  it("are the tasks the path goes through, and the edges between them", () => {
    const tasks = criticalTasks(run, trace);
    expect(tasks).toEqual(["clone", "build"]);
    const edges = [
      { from: "clone", to: "lint" },
      { from: "clone", to: "build" },
    ];
    expect([...criticalEdges(edges, tasks)]).toEqual([edges[1]]);
  });
});
