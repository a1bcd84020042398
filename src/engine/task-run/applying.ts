/** The Task of a run with all its variables replaced (docs/variables.md). */
import { joinReplacements, paramReplacements, substituteTaskSpec } from "../spec/index.ts";
import { traced } from "../tracing/index.ts";
import type { ParamValue, TaskSpec } from "../types/index.ts";
import type { TaskRunPass } from "./pass.ts";
import type { BoundWorkspace } from "./pod/workspaces.ts";
import { contextVariables, pathVariables, withStepVariables, workspaceVariables } from "./variables.ts";

/** A Task that has passed its checks, and what its variables stand for. */
export interface Applying {
  task: TaskSpec;
  taskName: string;
  params: ReadonlyMap<string, ParamValue>;
  workspaces: readonly BoundWorkspace[];
}

/** What was inserted for a param may have variables of the later sorts in it, which is why there is an order. */
export const applying = traced(
  {
    applyParamsContextsResultsAndWorkspaces(pass: TaskRunPass, order: Applying): TaskSpec {
      const withParams = applying.applyParameters(pass, order);
      return applying.applyWorkspaces(pass, { ...order, task: withParams });
    },

    applyParameters(_pass: TaskRunPass, { task, params }: Applying): TaskSpec {
      return substituteTaskSpec(task, paramReplacements(params));
    },

    applyWorkspaces({ object }: TaskRunPass, { task, taskName, workspaces }: Applying): TaskSpec {
      const variables = joinReplacements(
        contextVariables(object, taskName),
        pathVariables(task),
        workspaceVariables(task, workspaces),
      );
      return substituteTaskSpec(withStepVariables(task), variables);
    },
  },
  { applyParameters: "ApplyParameters", applyWorkspaces: "ApplyWorkspaces" },
);
