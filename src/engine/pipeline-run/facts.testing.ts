/** A pipeline in a few words, for tests of what is decided about it. */
import type { PipelineTask, ResultValue } from "../types/index.ts";
import type { ChildRun } from "./child-run.ts";
import { type Plan, planOf } from "./plan.ts";
import { type Facts, progressOf } from "./schedule.ts";
import type { Situation } from "./skip.ts";
import type { Progress } from "./state.ts";

export const CALM: Situation = {
  demand: undefined,
  reached: { pipeline: false, tasks: false, finally: false },
  maxCombinations: 256,
};

export interface Scene {
  tasks?: readonly PipelineTask[];
  finally?: readonly PipelineTask[];
  /** How the only run of a task ended, by its name, or that it goes on. */
  runs?: Readonly<Record<string, ChildRun["outcome"]>>;
  results?: Readonly<Record<string, readonly ResultValue[]>>;
  situation?: Partial<Situation>;
}

function planOfScene({ tasks = [], finally: final = [] }: Scene): Plan {
  const planned = planOf({ tasks, finally: final });
  if (planned.kind === "invalid") throw new Error(planned.message);
  return planned.plan;
}

export function factsOf(scene: Scene): Facts {
  const children = new Map(
    Object.entries(scene.runs ?? {}).map(([name, outcome]) => [
      name,
      [childRun({ pipelineTask: name, outcome, results: scene.results?.[name] ?? [] })],
    ]),
  );
  return { plan: planOfScene(scene), children, situation: { ...CALM, ...scene.situation } };
}

export function childRun(child: Pick<ChildRun, "pipelineTask" | "outcome"> & Partial<ChildRun>): ChildRun {
  return {
    kind: "TaskRun",
    apiVersion: "tekton.dev/v1",
    name: `run-${child.pipelineTask}`,
    reason: "",
    results: [],
    artifacts: {},
    isStopped: child.outcome === "timedOut",
    createdAt: "2026-01-01T00:00:00Z",
    ...child,
  };
}

export function progressOfScene(scene: Scene): Progress {
  return progressOf(factsOf(scene));
}

/** `name: state`, with the reason of what is skipped. */
export function statesOf(progress: Progress): Record<string, string> {
  return Object.fromEntries(
    [...progress].map(([name, { state }]) => [name, state.kind === "skipped" ? state.reason : state.kind]),
  );
}
