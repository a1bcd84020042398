/** CustomRuns (docs/customruns.md). */
import type { CustomRun } from "../types/index.ts";
import { checkGivenParams } from "./params.ts";
import { expectedOneGotBoth, expectedOneGotNone, missing, type Problems } from "./problem.ts";
import { checkStatusMessage } from "./task-run.ts";
import { checkBindings } from "./workspaces.ts";

/** All of a CustomRun's spec. */
export function checkCustomRun({ spec }: CustomRun): Problems {
  const { customRef, customSpec, params, workspaces } = spec;
  return [
    ...checkCustomType(spec),
    ...(customRef === undefined ? [] : checkType(customRef, "spec.customRef")),
    ...(customSpec === undefined ? [] : checkType(customSpec, "spec.customSpec")),
    ...checkStatusMessage(spec, "spec.statusMessage"),
    ...checkGivenParams(params, "spec.params"),
    ...checkBindings(workspaces, "spec.workspaces"),
  ];
}

function checkCustomType({ customRef, customSpec }: CustomRun["spec"]): Problems {
  const paths = ["spec.customRef", "spec.customSpec"];
  if (customRef === undefined && customSpec === undefined) return [expectedOneGotNone(...paths)];
  return customRef !== undefined && customSpec !== undefined ? [expectedOneGotBoth(...paths)] : [];
}

function checkType({ apiVersion, kind }: { apiVersion?: string; kind?: string }, path: string): Problems {
  if (!apiVersion) return [missing(`${path}.apiVersion`)];
  return kind ? [] : [missing(`${path}.kind`)];
}
