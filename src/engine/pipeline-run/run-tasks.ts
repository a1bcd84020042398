/** Moves the tasks of a run on: which are where, which have to stop, which start. */
import { timestamp } from "../clock.ts";
import { joinReplacements, type Replacements } from "../spec/index.ts";
import { traced } from "../tracing/index.ts";
import type { PipelineSpec } from "../types/index.ts";
import { runVariables } from "./apply.ts";
import { cancelling } from "./cancel.ts";
import type { ChildRun } from "./child-run.ts";
import { creating, type Started } from "./create.ts";
import { amendStatus, type RunPass } from "./pass.ts";
import type { Plan, PlannedTask } from "./plan.ts";
import { progressOf, readyTasks } from "./schedule.ts";
import type { Situation } from "./skip.ts";
import type { Progress } from "./state.ts";
import { limitsOf, reachedLimits, timePassed } from "./timeouts.ts";
import { variablesOf } from "./variables.ts";

export interface State {
  situation: Situation;
  progress: Progress;
}

export const running = traced({
  resolvePipelineState(
    pass: RunPass,
    { plan, children }: { plan: Plan; children: readonly ChildRun[] },
  ): State {
    const situation = situationOf(pass);
    return { situation, progress: progressOf({ plan, children: byTask(children), situation }) };
  },

  /** What is to stop before its time. What has been told to stop already is left alone. */
  async stopTasks(pass: RunPass, { progress, situation }: State): Promise<void> {
    const { demand, reached } = situation;
    const all = [...progress.values()].flatMap(({ children }) => children);
    if (reached.pipeline) return cancelling.timeoutPipelineRun(pass, all);
    if (reached.tasks) await cancelling.timeoutTasks(pass, childrenOf(progress, "tasks"));
    if (reached.finally) await cancelling.timeoutTasks(pass, childrenOf(progress, "finally"));
    if (demand === "CancelledRunFinally") {
      await cancelling.gracefullyCancelPipelineRun(pass, childrenOf(progress, "tasks"));
    }
  },

  /** Starts every task that is ready, in the order of the spec. */
  async runNextSchedulableTask(
    pass: RunPass,
    { progress, spec }: { progress: Progress; spec: PipelineSpec },
  ): Promise<Started> {
    const references: Started["references"] = [];
    const waiting = readyTasks(progress);
    if (waiting.length === 0) return { references };
    if (waiting.some(({ section }) => section === "finally")) startFinally(pass);
    const variables = startVariables(pass, { progress, spec });
    for (const ready of waiting) {
      const started = await CREATE[ready.runKind](pass, { ready, variables });
      references.push(...started.references);
      if (started.refusal !== undefined) return { references, refusal: started.refusal };
    }
    return { references };
  },
});

function startFinally(pass: RunPass): void {
  if (pass.draft.status.finallyStartTime !== undefined) return;
  amendStatus(pass, { finallyStartTime: timestamp(pass.engine.clock.now()) });
}

const CREATE = {
  TaskRun: creating.createTaskRuns,
  CustomRun: creating.createCustomRuns,
  PipelineRun: creating.createChildPipelineRuns,
};

function situationOf({ object, draft, engine }: RunPass): Situation {
  const limits = limitsOf(object.spec, engine.config);
  return {
    demand: object.spec.status,
    reached: reachedLimits(timePassed(draft.status, { limits, now: engine.clock.now() })),
    maxCombinations: engine.config.maxMatrixCombinations,
  };
}

function byTask(children: readonly ChildRun[]): ReadonlyMap<string, readonly ChildRun[]> {
  const groups = new Map<string, ChildRun[]>();
  for (const child of children) {
    const group = groups.get(child.pipelineTask);
    if (group === undefined) groups.set(child.pipelineTask, [child]);
    else group.push(child);
  }
  return groups;
}

function childrenOf(progress: Progress, section: PlannedTask["section"]): ChildRun[] {
  return [...progress.values()].flatMap((each) => (each.section === section ? each.children : []));
}

/** For the fields of the run that are copied into what starts. */
function startVariables(
  { object }: RunPass,
  { progress, spec }: { progress: Progress; spec: PipelineSpec },
): Replacements {
  const { workspaces, taskRunSpecs, taskRunTemplate, pipelineRef } = object.spec;
  const pipelineName = pipelineRef?.name || object.metadata.name;
  return joinReplacements(
    runVariables({ run: object, spec, pipelineName }),
    variablesOf([workspaces, taskRunSpecs, taskRunTemplate], progress),
  );
}
