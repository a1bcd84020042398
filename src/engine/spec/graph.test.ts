import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PipelineTask } from "../types/index.ts";
import { pipelineGraph } from "./graph.ts";
import { dependenciesOf, resultReferencesOf } from "./result-references.ts";

describe("references to results", () => {
  it("are found in every spelling and form", () => {
    const task: PipelineTask = {
      name: "t",
      params: [
        { name: "a", value: "$(tasks.one.results.r)-$(tasks.two.results['dotted.r'])" },
        { name: "b", value: ['$(tasks.one.results["r"][*])', "$(tasks.one.results.r[3])"] },
        { name: "c", value: { k: "$(tasks.one.results.object.key)" } },
        { name: "d", value: "$(finally.one.results.r) $(tasks.one.status) $(tasks.One)" },
      ],
    };
    expect(
      resultReferencesOf(task).map(({ section, pipelineTask, result, form }) =>
        [section, pipelineTask, result, form].join(" "),
      ),
    ).toEqual([
      "tasks one r whole",
      "tasks two dotted.r whole",
      "tasks one r star",
      "tasks one r index",
      "tasks one object key",
      "finally one r whole",
    ]);
    expect(resultReferencesOf(task)[1]?.text).toBe("$(tasks.two.results['dotted.r'])");
  });

  it("make a task wait where it uses them, and not where it only shows them", () => {
    const value = (task: string) => `$(tasks.${task}.results.r)`;
    const task: PipelineTask = {
      name: "t",
      runAfter: ["first"],
      params: [{ name: "p", value: value("in-params") }],
      matrix: {
        params: [{ name: "m", value: [value("in-matrix")] }],
        include: [{ params: [{ name: "i", value: value("in-include") }] }],
      },
      when: [
        { input: value("in-when"), operator: "in", values: ["x"] },
        { cel: `'${value("in-cel")}' == 'x'` },
      ],
      taskSpec: {
        steps: [
          {
            script: value("in-step"),
            args: ["$(tasks.counted.matrix.r.length)", "$(tasks.made.outputs.image)"],
          },
        ],
        sidecars: [{ name: "s", image: value("in-sidecar") }],
      },
      displayName: value("shown"),
      taskRef: { name: "x", params: [{ name: "p", value: value("resolved") }] },
    };
    expect(dependenciesOf(task).sort()).toEqual(
      [
        "first",
        "in-params",
        "in-matrix",
        "in-include",
        "in-when",
        "in-cel",
        "in-step",
        "in-sidecar",
        "counted",
        "made",
      ].sort(),
    );
  });
});

describe("the graph of a pipeline", () => {
  const task = (name: string, ...runAfter: string[]): PipelineTask => ({ name, runAfter });

  it("orders tasks after those they wait for, else as they are written", () => {
    const graph = pipelineGraph([task("d", "b", "c"), task("b", "a"), task("c", "a"), task("a")]);
    expect(graph).toMatchObject({ kind: "ok", order: ["a", "b", "c", "d"] });
    expect(graph.kind === "ok" && graph.predecessors.get("d")).toEqual(new Set(["b", "c"]));
  });

  it.each([
    [
      "a task that is not there",
      [task("a", "ghost")],
      "task a depends on ghost but ghost wasn't present in Pipeline",
    ],
    ["a task that waits for itself", [task("a", "a")], 'cycle detected; task "a" depends on "a"'],
    [
      "a cycle",
      [task("foo", "bar"), task("bar", "foo", "baz", "free"), task("baz", "bar"), task("free")],
      'cycle detected; task "bar" depends on "baz", "foo"',
    ],
    ["a name used twice", [task("a"), task("a")], 'duplicate pipeline task "a"'],
  ])("refuses %s", (_, tasks, message) => {
    expect(pipelineGraph(tasks)).toEqual({ kind: "invalid", message });
  });

  it("has every task once, after its predecessors, whatever the edges", () => {
    const edges = fc.array(fc.tuple(fc.nat(19), fc.nat(19)));
    fc.assert(
      fc.property(edges, (pairs) => {
        const forward = pairs.filter(([from, to]) => from < to);
        const tasks = Array.from({ length: 20 }, (_, index) =>
          task(`t${index}`, ...forward.filter(([, to]) => to === index).map(([from]) => `t${from}`)),
        );
        const graph = pipelineGraph(tasks.toReversed());
        if (graph.kind !== "ok") throw new Error(graph.message);
        expect([...graph.order].sort()).toEqual(tasks.map(({ name }) => name).sort());
        for (const [from, to] of forward) {
          expect(graph.order.indexOf(`t${from}`)).toBeLessThan(graph.order.indexOf(`t${to}`));
        }
      }),
    );
  });

  it("takes a chain of many tasks", () => {
    const chain = Array.from({ length: 20_000 }, (_, index) =>
      task(`t${index}`, ...(index === 0 ? [] : [`t${index - 1}`])),
    );
    expect(pipelineGraph(chain)).toMatchObject({ kind: "ok" });
  });
});
