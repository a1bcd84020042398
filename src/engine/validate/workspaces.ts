/** Workspaces: declared by tasks, used by steps, bound by runs (docs/workspaces.md). */
import { posix } from "node:path";
import type { TaskSpec, WorkspaceBinding } from "../types/index.ts";
import { repeatedAt } from "./names.ts";
import { expectedOneGotBoth, expectedOneGotNone, missing, type Problems, problem, quote } from "./problem.ts";

/** Names and mount paths of a task's workspaces stand once, and no volume is mounted there. */
export function checkDeclaredWorkspaces(spec: TaskSpec, path: string): Problems {
  const { workspaces = [], steps = [], stepTemplate } = spec;
  const mounts = [stepTemplate, ...steps].flatMap((each) => each?.volumeMounts ?? []);
  const taken = new Set(mounts.map(({ mountPath }) => posix.normalize(mountPath)));
  const names = new Set<string>();
  return workspaces.flatMap(({ name, mountPath }, index) => {
    const at = `${path}.workspaces[${index}]`;
    const mount = posix.normalize(mountPath || `/workspace/${name}`);
    const problems = [
      ...(names.has(name) ? [problem(`workspace name ${quote(name)} must be unique`, `${at}.name`)] : []),
      ...(taken.has(mount)
        ? [problem(`workspace mount path ${quote(mount)} must be unique`, `${at}.mountpath`)]
        : []),
    ];
    names.add(name);
    taken.add(mount);
    return problems;
  });
}

/** Steps and sidecars that see a workspace alone name one there is. */
export function checkWorkspaceUsages(spec: TaskSpec, path: string): Problems {
  const declared = new Set((spec.workspaces ?? []).map(({ name }) => name));
  const check = (users: TaskSpec["steps"] | TaskSpec["sidecars"], field: string) =>
    (users ?? []).flatMap(({ workspaces = [] }, user) =>
      workspaces.flatMap(({ name }, index) => {
        if (declared.has(name)) return [];
        const at = `${path}.${field}[${user}].workspaces[${index}].name`;
        return [problem(`undefined workspace ${quote(name)}`, at)];
      }),
    );
  return [...check(spec.steps, "steps"), ...check(spec.sidecars, "sidecars")];
}

/** Bindings of a TaskRun or CustomRun. `path` is that of the list. */
export function checkBindings(bindings: readonly WorkspaceBinding[] | undefined, path: string): Problems {
  const all = bindings ?? [];
  return [
    ...all.flatMap((binding, index) => checkBinding(binding, `${path}[${index}]`)),
    ...repeatedAt(all.map(({ name }) => name)).map((index) => expectedOneGotBoth(`${path}[${index}].name`)),
  ];
}

/** Bindings of a PipelineRun. `path` is that of the list. */
export function checkPipelineRunBindings(
  bindings: readonly WorkspaceBinding[] | undefined,
  path: string,
): Problems {
  const names = (bindings ?? []).map(({ name }) => name);
  return (bindings ?? []).flatMap((binding, index) => {
    const at = `${path}[${index}]`;
    const problems = checkBinding(binding, at);
    const earlier = names.lastIndexOf(binding.name, index - 1);
    if (index === 0 || earlier < 0) return problems;
    const message = `workspace ${quote(binding.name)} provided by pipelinerun more than once, at index ${earlier} and ${index}`;
    return [...problems, problem(message, `${at}.name`)];
  });
}

const SOURCES = [
  "volumeClaimTemplate",
  "persistentVolumeClaim",
  "emptyDir",
  "configMap",
  "secret",
  "projected",
  "csi",
] as const;

/** The ones upstream lists, in its spelling. */
const LISTED_SOURCES = ["persistentvolumeclaim", "volumeclaimtemplate", "emptydir", "configmap", "secret"];

function checkBinding(binding: WorkspaceBinding, path: string): Problems {
  const given = SOURCES.filter((source) => binding[source] !== undefined);
  const listed = LISTED_SOURCES.map((source) => `${path}.${source}`);
  if (given.length === 0 && !binding.name) return [missing(path)];
  if (given.length > 1) return [expectedOneGotBoth(...listed)];
  if (given.length === 0) return [expectedOneGotNone(...listed)];
  const lacking = lackingField(binding);
  return lacking === undefined ? [] : [missing(`${path}.${lacking}`)];
}

/** The field a source cannot do without, where it is not given. */
function lackingField(binding: WorkspaceBinding): string | undefined {
  const { persistentVolumeClaim, configMap, secret, projected, csi } = binding;
  if (persistentVolumeClaim !== undefined && !persistentVolumeClaim.claimName)
    return "persistentvolumeclaim.claimname";
  if (configMap !== undefined && !configMap.name) return "configmap.name";
  if (secret !== undefined && !secret.secretName) return "secret.secretName";
  if (projected !== undefined && !projected.sources?.length) return "projected.sources";
  if (csi !== undefined && !(csi as { driver?: string }).driver) return "csi.driver";
  return undefined;
}
