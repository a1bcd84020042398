/** Objects of older versions of Tekton's API as what they are in the version its controllers store (docs/migrating-v1beta1-to-v1.md). */
import type { KubeObject } from "../../kube/index.ts";
import { isObject } from "./values.ts";

type Fields = Record<string, unknown>;

/** Turns one field or more into what stands for it in v1. */
type Upgrade = (fields: Fields) => Fields;

/**
 * A `tekton.dev/v1beta1` Task, Pipeline, TaskRun or PipelineRun as v1, and a `v1alpha1` StepAction as v1beta1. Whatever else
 * is answered as it is. Fields that v1 has no place for (PipelineResources, embedded child statuses) are dropped.
 */
export function upgradeObject(object: KubeObject): KubeObject {
  if (object.apiVersion === "tekton.dev/v1alpha1" && object.kind === "StepAction") {
    return { ...object, apiVersion: "tekton.dev/v1beta1" };
  }
  const upgrade = object.apiVersion === "tekton.dev/v1beta1" ? UPGRADES.get(object.kind) : undefined;
  if (upgrade === undefined) return object;
  const { spec, status, ...rest } = { spec: undefined, status: undefined, ...object };
  return {
    ...rest,
    apiVersion: "tekton.dev/v1",
    ...(isObject(spec) && { spec: upgrade.spec(spec) }),
    ...(isObject(status) && { status: upgrade.status(status) }),
  };
}

const keep: Upgrade = (fields) => fields;

const upgradeStep: Upgrade = renamed({ resources: "computeResources" });

const upgradeTaskSpec: Upgrade = inTurn(
  without("resources"),
  within("stepTemplate", upgradeStep),
  withinEach("steps", upgradeStep),
  withinEach("sidecars", upgradeStep),
);

const upgradePipelineTask: Upgrade = inTurn(
  without("resources", "conditions"),
  within("taskRef", reference("Task")),
  within("taskSpec", upgradeTaskSpec),
  within("pipelineRef", reference("Pipeline")),
  within("pipelineSpec", (spec) => upgradePipelineSpec(spec)),
);

const upgradePipelineSpec: Upgrade = inTurn(
  without("resources"),
  withinEach("tasks", upgradePipelineTask),
  withinEach("finally", upgradePipelineTask),
);

const upgradeOverrides: Upgrade = inTurn(
  renamed({ stepOverrides: "stepSpecs", sidecarOverrides: "sidecarSpecs" }),
  withinEach("stepSpecs", upgradeStep),
  withinEach("sidecarSpecs", upgradeStep),
);

const upgradeTaskRunSpec: Upgrade = inTurn(
  without("resources"),
  within("taskRef", reference("Task")),
  within("taskSpec", upgradeTaskSpec),
  upgradeOverrides,
);

const upgradeTaskRunStatus: Upgrade = inTurn(
  without("cloudEvents", "resourcesResult"),
  renamed({ taskResults: "results" }),
  within("taskSpec", upgradeTaskSpec),
  withinEach("retriesStatus", (status) => upgradeTaskRunStatus(status)),
);

const upgradePipelineRunSpec: Upgrade = inTurn(
  without("resources"),
  within("pipelineRef", reference("Pipeline")),
  within("pipelineSpec", upgradePipelineSpec),
  gathered("taskRunTemplate", { serviceAccountName: "serviceAccountName", podTemplate: "podTemplate" }),
  gathered("timeouts", { timeout: "pipeline" }),
  withinEach(
    "taskRunSpecs",
    inTurn(
      renamed({ taskServiceAccountName: "serviceAccountName", taskPodTemplate: "podTemplate" }),
      upgradeOverrides,
    ),
  ),
);

const upgradePipelineRunStatus: Upgrade = inTurn(
  without("taskRuns", "runs"),
  renamed({ pipelineResults: "results" }),
  within("pipelineSpec", upgradePipelineSpec),
);

const UPGRADES: ReadonlyMap<string, { spec: Upgrade; status: Upgrade }> = new Map([
  ["Task", { spec: upgradeTaskSpec, status: keep }],
  ["Pipeline", { spec: upgradePipelineSpec, status: keep }],
  ["TaskRun", { spec: upgradeTaskRunSpec, status: upgradeTaskRunStatus }],
  ["PipelineRun", { spec: upgradePipelineRunSpec, status: upgradePipelineRunStatus }],
]);

/** `bundle` was a field of references; now it is a resolver with params. */
function reference(defaultKind: "Task" | "Pipeline"): Upgrade {
  return (fields) => {
    const { bundle, name, kind, ...rest } = fields;
    if (bundle === undefined || bundle === "") return without("bundle")(fields);
    const params = [
      { name: "bundle", value: bundle },
      { name: "name", value: name },
      { name: "kind", value: kind ?? defaultKind },
    ];
    return { ...rest, resolver: "bundles", params };
  };
}

function inTurn(...upgrades: readonly Upgrade[]): Upgrade {
  return (fields) => upgrades.reduce((upgraded, upgrade) => upgrade(upgraded), fields);
}

function without(...names: readonly string[]): Upgrade {
  return (fields) => Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));
}

function renamed(names: Readonly<Record<string, string>>): Upgrade {
  return (fields) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [names[name] ?? name, value]));
}

/** Moves fields into an object, under other names; what stands there already wins. */
function gathered(target: string, names: Readonly<Record<string, string>>): Upgrade {
  return (fields) => {
    const moved = renamed(names)(
      Object.fromEntries(Object.entries(fields).filter(([name]) => Object.hasOwn(names, name))),
    );
    const rest = without(...Object.keys(names))(fields);
    if (Object.keys(moved).length === 0) return rest;
    const present = fields[target];
    return { ...rest, [target]: { ...moved, ...(isObject(present) ? present : {}) } };
  };
}

function within(name: string, upgrade: Upgrade): Upgrade {
  return (fields) => {
    const value = fields[name];
    return isObject(value) ? { ...fields, [name]: upgrade(value) } : fields;
  };
}

function withinEach(name: string, upgrade: Upgrade): Upgrade {
  return (fields) => {
    const list = fields[name];
    if (!Array.isArray(list)) return fields;
    return { ...fields, [name]: list.map((value) => (isObject(value) ? upgrade(value) : value)) };
  };
}
