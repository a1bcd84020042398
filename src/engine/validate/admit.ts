/** The gate before the API: Tekton's admission webhook, for objects of `tekton.dev`. */
import { isDeepStrictEqual } from "node:util";
import { ApiError, type KubeObject } from "../../kube/index.ts";
import { upgradeObject } from "../spec/index.ts";
import type { CustomRun, Pipeline, PipelineRun, StepAction, Task, TaskRun } from "../types/index.ts";
import { checkCustomRun } from "./custom-run.ts";
import {
  withCustomRunDefaults,
  withPipelineDefaults,
  withPipelineRunDefaults,
  withStepActionDefaults,
  withTaskDefaults,
  withTaskRunDefaults,
} from "./defaults.ts";
import { checkPipeline, checkTask } from "./definitions.ts";
import { checkPipelineRunUpdate, checkTaskRunUpdate } from "./immutable.ts";
import { checkMetadata } from "./names.ts";
import { checkPipelineRun } from "./pipeline-run.ts";
import { formatProblems, missing, type Problems } from "./problem.ts";
import { readAs, SPEC_SHAPES } from "./shape/index.ts";
import { checkStepAction } from "./step-action.ts";
import { checkTaskRun } from "./task-run.ts";

export interface AdmissionRequest {
  operation: "create" | "update";
  object: KubeObject;
  /** What is stored now, when it is an update. */
  old?: KubeObject;
}

export interface Admission {
  /** In the version Tekton stores, with the defaults filled in and without the fields nobody knows. */
  object: KubeObject;
  warnings: string[];
}

/**
 * Lets an object of Tekton's kinds into the API: fills in the defaults, checks it as Tekton's webhook does and in its words,
 * and warns of fields it does not know. Objects of other kinds pass as they are.
 *
 * @throws ApiError with status 400 and everything that is wrong with the object.
 */
export function admit({ operation, object, old }: AdmissionRequest): Admission {
  const upgraded = upgradeObject(object);
  const rules = RULES.get(upgraded.kind);
  const shape = SPEC_SHAPES.get(upgraded.kind);
  if (rules === undefined || shape === undefined) return { object, warnings: [] };
  if (old !== undefined && isDeepStrictEqual(specOf(upgraded), specOf(old)))
    return { object: upgraded, warnings: [] };
  const { value, problems, warnings } = readAs(shape, specOf(upgraded), "spec");
  refuse(problems);
  if (value === undefined) refuse([missing("spec")]);
  const complete = rules.withDefaults({ ...withoutReserved(upgraded, operation), spec: value } as KubeObject);
  refuse([
    ...checkMetadata(complete.metadata),
    ...(old === undefined ? [] : (rules.checkUpdate?.({ old, next: complete }) ?? [])),
    ...rules.check(complete),
  ]);
  return { object: complete, warnings: [...warnings] };
}

interface Rules {
  withDefaults(object: KubeObject): KubeObject;
  check(object: KubeObject): Problems;
  checkUpdate?(update: { old: KubeObject; next: KubeObject }): Problems;
}

interface RulesOf<T extends KubeObject> {
  withDefaults(object: T): T;
  check(object: T): Problems;
  checkUpdate?(update: { old: T; next: T }): Problems;
}

/** The object has been read by its kind's shape before any rule sees it. */
function rulesFor<T extends KubeObject>(rules: RulesOf<T>): Rules {
  return rules as unknown as Rules;
}

const RULES: ReadonlyMap<string, Rules> = new Map([
  ["Task", rulesFor<Task>({ withDefaults: withTaskDefaults, check: checkTask })],
  ["Pipeline", rulesFor<Pipeline>({ withDefaults: withPipelineDefaults, check: checkPipeline })],
  ["StepAction", rulesFor<StepAction>({ withDefaults: withStepActionDefaults, check: checkStepAction })],
  ["CustomRun", rulesFor<CustomRun>({ withDefaults: withCustomRunDefaults, check: checkCustomRun })],
  [
    "TaskRun",
    rulesFor<TaskRun>({
      withDefaults: withTaskRunDefaults,
      check: checkTaskRun,
      checkUpdate: checkTaskRunUpdate,
    }),
  ],
  [
    "PipelineRun",
    rulesFor<PipelineRun>({
      withDefaults: withPipelineRunDefaults,
      check: checkPipelineRun,
      checkUpdate: checkPipelineRunUpdate,
    }),
  ],
]);

function specOf(object: KubeObject): unknown {
  return "spec" in object ? object.spec : undefined;
}

/** Tekton Chains' own annotations cannot be brought along: they say that something has been signed. */
function withoutReserved(object: KubeObject, operation: AdmissionRequest["operation"]): KubeObject {
  const isRun = object.kind === "PipelineRun" || object.kind === "TaskRun";
  const { annotations } = object.metadata;
  if (!isRun || operation !== "create" || annotations === undefined) return object;
  const kept = Object.entries(annotations).filter(([key]) => !key.includes("chains.tekton.dev/"));
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(kept) } };
}

const DENIED =
  'admission webhook "validation.webhook.pipeline.tekton.dev" denied the request: validation failed';

function refuse(problems: Problems): void {
  const text = formatProblems(problems);
  if (text === undefined) return;
  throw new ApiError({ status: 400, reason: "BadRequest", message: `${DENIED}: ${text}` });
}
