/** Starts pipeline tasks. Creating what is there already is no harm, so a pass may be repeated from anywhere. */
import { isApiError, type Kind, type KubeObject, keyOf } from "../../kube/index.ts";
import { isRefusal } from "../api-faults.ts";
import { controllerOf } from "../ownership.ts";
import { traced } from "../tracing/index.ts";
import { type ChildReference, type PipelineRun, TektonKind } from "../types/index.ts";
import {
  customRunFor,
  type PlannedRun,
  pipelineRunFor,
  plannedRuns,
  referenceTo,
  type Start,
  taskRunFor,
} from "./child-objects.ts";
import { nameOf, type Refusal, type RunPass, refused } from "./pass.ts";

/** The children there are now, also when one was refused. */
export interface Started {
  references: ChildReference[];
  refusal?: Refusal;
}

type CreateOne = (pass: RunPass, start: Start, run: PlannedRun) => Promise<Refusal | undefined>;

export const creating = traced({
  createTaskRuns(pass: RunPass, start: Start): Promise<Started> {
    return startAll({ pass, start, createOne: creating.createTaskRun });
  },

  createTaskRun(pass: RunPass, start: Start, run: PlannedRun): Promise<Refusal | undefined> {
    pass.span.set({ "tekton.taskrun.name": run.name });
    return createOrAdopt(pass, TektonKind.taskRun, taskRunFor(pass, start, run));
  },

  createCustomRuns(pass: RunPass, start: Start): Promise<Started> {
    return startAll({ pass, start, createOne: creating.createCustomRun });
  },

  createCustomRun(pass: RunPass, start: Start, run: PlannedRun): Promise<Refusal | undefined> {
    pass.span.set({ "tekton.customrun.name": run.name });
    return createOrAdopt(pass, TektonKind.customRun, customRunFor(pass, start, run));
  },

  createChildPipelineRuns(pass: RunPass, start: Start): Promise<Started> {
    return startAll({ pass, start, createOne: creating.createChildPipelineRun });
  },

  async createChildPipelineRun(pass: RunPass, start: Start, run: PlannedRun): Promise<Refusal | undefined> {
    const child = pipelineRunFor(pass, start, run);
    return refuseRecursion(pass, child) ?? createOrAdopt(pass, TektonKind.pipelineRun, child);
  },
});

interface StartAll {
  pass: RunPass;
  start: Start;
  createOne: CreateOne;
}

async function startAll({ pass, start, createOne }: StartAll): Promise<Started> {
  const { state, runKind: kind, children } = start.ready;
  const references: ChildReference[] = [];
  for (const run of plannedRuns(pass.object.metadata.name, state)) {
    const isThere = children.some(({ name }) => name === run.name);
    const refusal = isThere ? undefined : await createOne(pass, start, run);
    if (refusal !== undefined) return { references, refusal };
    references.push(referenceTo(run, { task: state.task, kind }));
  }
  return { references };
}

async function createOrAdopt<T extends KubeObject>(
  pass: RunPass,
  kind: Kind<T>,
  object: T,
): Promise<Refusal | undefined> {
  const { name } = object.metadata;
  try {
    await pass.engine.api.create(kind, object);
    pass.span.decided(`created ${kind.kind} ${name}`);
    return undefined;
  } catch (fault) {
    if (isApiError(fault, 409)) return adopt(pass, kind, object);
    if (!isRefusal(fault)) throw fault;
    return refused(
      "CreateRunFailed",
      `error creating ${kind.kind} ${name} of PipelineRun ${nameOf(pass)}: ${fault.message}`,
    );
  }
}

/** An earlier pass made it, unless it is somebody else's. */
async function adopt<T extends KubeObject>(
  pass: RunPass,
  kind: Kind<T>,
  object: T,
): Promise<Refusal | undefined> {
  const { name } = object.metadata;
  const existing = await pass.engine.api.get(kind, keyOf(object));
  const owner = controllerOf(existing);
  if (owner?.uid === pass.object.metadata.uid) {
    pass.span.decided(`found ${kind.kind} ${name} there already`);
    return undefined;
  }
  const whose = owner === undefined ? "has no owner" : `belongs to ${owner.kind} ${owner.name}`;
  return refused(
    "CreateRunFailed",
    `error creating ${kind.kind} ${name} of PipelineRun ${nameOf(pass)}: there is one of that name that ${whose}; delete it or rename the run`,
  );
}

/** A pipeline that comes to run itself would never end (docs/pipelines-in-pipelines.md). */
function refuseRecursion(pass: RunPass, child: PipelineRun): Refusal | undefined {
  const pipeline = child.spec.pipelineRef?.name;
  if (!pipeline || !ancestry(pass).includes(pipeline)) return undefined;
  const message = `error creating PipelineRun ${child.metadata.name} of PipelineRun ${nameOf(pass)}: cycle detected; pipeline "${pipeline}" runs itself`;
  return refused("CreateRunFailed", message);
}

/** Names of the pipelines this run is in, its own first. Anyone may write owners, so they may go round in a circle. */
function ancestry({ object, engine }: RunPass): string[] {
  const { namespace = "" } = object.metadata;
  const runs = new Set<PipelineRun>();
  let run: PipelineRun | undefined = object;
  while (run !== undefined && !runs.has(run)) {
    runs.add(run);
    const owner = controllerOf(run);
    const isInRun = owner?.kind === "PipelineRun";
    run = isInRun ? engine.caches.pipelineRuns.get({ namespace, name: owner.name }) : undefined;
  }
  return [...runs].flatMap(({ spec }) => spec.pipelineRef?.name || []);
}
