/** Puts what was given into the API, and with it the runs begin. */
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import type { PipelineRun, TaskRun } from "../../engine/index.ts";
import { ApiError, apiVersionOf, CoreKind, type KubeObject, type Stored } from "../../kube/index.ts";
import { DIRECTORY_ANNOTATION, type Laptop } from "../../local/index.ts";
import { Failure } from "../failure.ts";
import { printable, type Terminal } from "../terminal.ts";
import { type Located, type RunInput, type RunObject, withAdditions } from "./input.ts";
import { kindOf } from "./kinds.ts";
import type { RunSettings } from "./options.ts";

export interface RunPlan {
  settings: RunSettings;
  input: RunInput;
}

/** What runs refer to comes first, so that no run looks for what is about to come. Answers the runs. */
export async function startRuns(
  { api }: Laptop,
  { input, settings }: RunPlan,
  terminal: Terminal,
): Promise<(Stored<PipelineRun> | Stored<TaskRun>)[]> {
  const create = (given: Located<KubeObject>) => createIn({ api, settings, terminal }, given);
  for (const definition of input.definitions) await create(definition);
  const claims = new Map<string, string>();
  for (const [workspace, directory] of settings.workspaces) {
    const option = `-w ${workspace}=${directory}`;
    const path = await directoryOf(option, directory, terminal);
    // Numbered: names of workspaces may have letters that names of claims may not.
    const name = `workspace-${claims.size + 1}`;
    for (const namespace of namespacesOf(input.runs))
      await create({ object: directoryClaim({ namespace, name, path }), where: option });
    claims.set(workspace, name);
  }
  const additions = { params: settings.params, claims, setContext: settings.setContext };
  const runs = input.runs.map(({ object, where }) => ({ object: withAdditions(object, additions), where }));
  refuseDoubles(runs);
  const started = [];
  for (const run of runs) started.push(await create(run));
  for (const { kind, metadata } of started) terminal.progress(`started ${kind} ${metadata.name}`);
  return started as (Stored<PipelineRun> | Stored<TaskRun>)[];
}

/** Throws {@link Failure} in the API's words when it refuses. */
async function createIn(
  { api, settings, terminal }: Pick<Laptop, "api"> & { settings: RunSettings; terminal: Terminal },
  given: Located<KubeObject>,
): Promise<Stored<KubeObject>> {
  const object = inNamespace(given.object, settings.namespace);
  const key = { namespace: object.metadata.namespace ?? "", name: object.metadata.name };
  const { resource } = api.operations.placeOf(kindOf(object), key);
  try {
    const { object: stored, warnings } = await api.operations.create(resource, object);
    for (const warning of warnings) terminal.say(printable(`${given.where}: ${warning}`));
    return stored;
  } catch (fault) {
    if (!(fault instanceof ApiError)) throw fault;
    // The API says one thing a line.
    throw new Failure(printable(`${given.where}: ${fault.message.trim().replaceAll("\n", "; ")}`));
  }
}

function inNamespace(object: KubeObject, namespace: string): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace || namespace } };
}

/** Each once, an empty one for runs that name none. */
function namespacesOf(runs: readonly Located<RunObject>[]): Set<string> {
  return new Set(runs.map(({ object }) => object.metadata.namespace ?? ""));
}

/** The directory after `-w`, there and absolute. */
async function directoryOf(option: string, directory: string, terminal: Terminal): Promise<string> {
  const path = resolve(directory);
  try {
    // A misspelt directory is one that was not there.
    if ((await mkdir(path, { recursive: true })) !== undefined)
      terminal.say(printable(`note: ${option}: made this directory, it was not there`));
    return path;
  } catch (fault) {
    const { code, message } = fault as NodeJS.ErrnoException;
    const isFile = code === "EEXIST" || code === "ENOTDIR";
    throw new Failure(printable(`${option}: ${isFile ? "not a directory" : message}; name one of yours`));
  }
}

/** A claim that stands for a directory of this machine. */
function directoryClaim({
  namespace,
  name,
  path,
}: {
  namespace: string;
  name: string;
  path: string;
}): KubeObject {
  return {
    apiVersion: apiVersionOf(CoreKind.claim),
    kind: CoreKind.claim.kind,
    metadata: { name, namespace, annotations: { [DIRECTORY_ANNOTATION]: path } },
  };
}

/** Two runs of one name would be one run; nothing is started before that is known. */
function refuseDoubles(runs: readonly Located<RunObject>[]): void {
  const seen = new Map<string, string>();
  for (const { object, where } of runs) {
    const { name, namespace = "" } = object.metadata;
    if (!name) continue;
    const key = `${object.kind} ${namespace}/${name}`;
    const first = seen.get(key);
    if (first !== undefined)
      throw new Failure(
        printable(
          `${where}: ${object.kind} ${name} is in ${first} already; use generateName, or another name`,
        ),
      );
    seen.set(key, where);
  }
}
