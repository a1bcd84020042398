import { describe, expect, it } from "vitest";
import { expectSoundTraces } from "../../test/invariants.ts";
import { objectsOf } from "../../test/load.ts";
import { at, type SmallRun, smallRun } from "../../test/small-run.ts";
import { buildTraces } from "./index.ts";

/** The path as text: `build 10, controller 1, test 8`; steps and tasks by their task, all else by its cause. */
function pathOf(run: SmallRun): string {
  const traces = buildTraces(objectsOf(smallRun(run))).runs;
  expectSoundTraces(traces);
  const parts = traces[0]?.criticalPath ?? [];
  const seconds = (part: (typeof parts)[number]) => Number(part.endNs - part.startNs) / 1e9;
  return parts.map((part) => `${part.cause === "task" ? part.task : part.cause} ${seconds(part)}`).join(", ");
}

describe("the critical path", () => {
  it("goes back from the task that ended last to the one it waited for longest", () => {
    // lint   |====|
    // build  |==========|
    // test               |=======|
    const tasks = [
      { name: "lint", from: 0, to: 4 },
      { name: "build", from: 0, to: 10 },
      { name: "test", after: ["lint", "build"], from: 10, to: 18 },
    ];
    expect(pathOf({ ended: 18, tasks })).toBe("build 10, test 8");
  });

  it("follows the graph and not the clock", () => {
    // build  |====|
    // docs   |=========|          ends just when deploy starts, and has nothing to do with it
    // deploy      .....|======|   waits for build only: the controller was late
    const tasks = [
      { name: "build", from: 0, to: 5 },
      { name: "docs", from: 0, to: 10 },
      { name: "deploy", after: ["build"], from: 10, to: 17 },
    ];
    expect(pathOf({ ended: 17, tasks })).toBe("build 5, controller 5, deploy 7");
  });

  it("takes order in time where the input holds no graph", () => {
    const tasks = [
      { name: "build", from: 0, to: 5 },
      { name: "docs", from: 0, to: 10 },
      { name: "deploy", from: 10, to: 17 },
    ];
    expect(pathOf({ ended: 17, tasks, withGraph: false })).toBe("docs 10, deploy 7");
  });

  it("names the time before a controller took the run up, and the controller's own", () => {
    // ????..|====|..|==|.
    const tasks = [
      { name: "build", from: 6, to: 10 },
      { name: "test", after: ["build"], from: 12, to: 14 },
    ];
    expect(pathOf({ started: 4, ended: 15, tasks })).toBe(
      "queue 4, controller 2, build 4, controller 2, test 2, controller 1",
    );
  });

  it("goes through a skipped task to the ones before it", () => {
    // build  |====|
    // check        .   skipped
    // deploy       |===|
    const tasks = [
      { name: "build", from: 0, to: 5 },
      { name: "check", after: ["build"] },
      { name: "deploy", after: ["check"], from: 5, to: 9 },
    ];
    expect(pathOf({ ended: 9, tasks, skipped: ["check"] })).toBe("build 5, deploy 4");
  });

  it("reaches from finally back to whichever task ended last", () => {
    // build  |====|
    // scan   |=======|
    // notify          |==|
    const tasks = [
      { name: "build", from: 0, to: 5 },
      { name: "scan", from: 0, to: 8 },
      { name: "notify", finally: true, from: 8, to: 10 },
    ];
    expect(pathOf({ ended: 10, tasks })).toBe("scan 8, notify 2");
  });

  it("follows the steps of a task, and names what lies between them", () => {
    const steps = [
      { name: "compile", from: 3, to: 7 },
      { name: "test", from: 8, to: 9 },
    ];
    expect(pathOf({ ended: 10, tasks: [{ name: "build", from: 0, to: 10, steps }] })).toBe(
      "start 3, step 4, handover 1, step 1, controller 1",
    );
  });

  it("counts a moment once where steps report the start of their container", () => {
    // Tekton of 2019:  one |==|      two waits inside its container until one has ended
    //                  two |======|
    const steps = [
      { name: "one", from: 0, to: 3 },
      { name: "two", from: 0, to: 7 },
    ];
    expect(pathOf({ ended: 7, tasks: [{ name: "build", from: 0, to: 7, steps }] })).toBe("step 3, step 4");
  });

  it("goes through a skipped task from each of those that waited for it", () => {
    // a  |====|
    // x       .          skipped
    // b       |===|      after x
    // c           |==|   after x and b
    const tasks = [
      { name: "a", from: 0, to: 5 },
      { name: "x", after: ["a"] },
      { name: "b", after: ["x"], from: 5, to: 10 },
      { name: "c", after: ["x", "b"], from: 10, to: 15 },
    ];
    expect(pathOf({ ended: 15, tasks, skipped: ["x"] })).toBe("a 5, b 5, c 5");
  });

  it("tells a task nobody had taken up from one whose Pod was starting", () => {
    const [run, taskRun] = smallRun({
      ended: 20,
      tasks: [{ name: "build", from: 0, to: 20, steps: [{ name: "make", from: 15, to: 20 }] }],
    }) as [object, { status: object }];
    const objects = objectsOf([run, { ...taskRun, status: { ...taskRun.status, startTime: at(12) } }]);
    const [trace] = buildTraces(objects).runs;
    expect(
      trace?.criticalPath.map(({ cause, startNs, endNs }) => `${cause} ${Number(endNs - startNs) / 1e9}`),
    ).toEqual(["queue 12", "start 3", "step 5"]);
  });

  it("is all waiting where nobody ever took the run up", () => {
    const [run] = smallRun({ ended: 600, reason: "Cancelled", tasks: [] }) as [{ status: object }];
    const [trace] = buildTraces(
      objectsOf([{ ...run, status: { ...run.status, startTime: undefined } }]),
    ).runs;
    expect(trace?.criticalPath.map(({ cause }) => cause)).toEqual(["queue"]);
  });

  it("ends where a finally task ended before a task did, and nothing tells the graph", () => {
    const tasks = [
      { name: "notify", finally: true, from: 2, to: 4 },
      { name: "build", from: 6, to: 9 },
    ];
    expect(pathOf({ ended: 9, tasks, withGraph: false })).toBe(
      "controller 2, notify 2, controller 2, build 3",
    );
  });

  it("is found for a matrix of 20,000", () => {
    const tasks = Array.from({ length: 20_000 }, () => ({ name: "platforms", from: 0, to: 5 }));
    const [run, first] = smallRun({ ended: 5, tasks: tasks.slice(0, 1) }) as [object, { metadata: object }];
    const many = tasks.map((_, index) => ({
      ...first,
      metadata: {
        ...first.metadata,
        name: `p-${index}`,
        uid: `0f57e147-e992-4304-8977-${index.toString().padStart(12, "0")}`,
      },
    }));
    expect(buildTraces(objectsOf([run, ...many])).runs[0]?.criticalPath).toHaveLength(1);
  });

  it("ends in a graph that runs in a circle", () => {
    const tasks = [
      { name: "a", after: ["b"], from: 0, to: 5 },
      { name: "b", after: ["a"], from: 5, to: 9 },
    ];
    expect(pathOf({ ended: 9, tasks })).toBe("a 5, b 4");
  });

  it("survives a task that started before the one it waited for had ended", () => {
    const tasks = [
      { name: "build", from: 0, to: 6 },
      { name: "test", after: ["build"], from: 4, to: 9 },
    ];
    expect(pathOf({ ended: 9, tasks })).toBe("build 4, test 5");
  });

  it("is found for 5,000 tasks", () => {
    const chain = Array.from({ length: 2500 }, (_, index) => ({
      name: `c${index}`,
      ...(index === 0 ? {} : { after: [`c${index - 1}`] }),
      from: index,
      to: index + 1,
    }));
    const fan = Array.from({ length: 2500 }, (_, index) => ({ name: `f${index}`, from: 0, to: 1 }));
    expect(pathOf({ ended: 2500, tasks: [...chain, ...fan] }).split(", ")).toHaveLength(2500);
  });
});
