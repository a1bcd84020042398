/** What a run has started so far. */
import { isApiError, type Kind, type KubeObject, type Stored } from "../../kube/index.ts";
import { BY_OWNER } from "../context.ts";
import { traced } from "../tracing/index.ts";
import { type ChildReference, TektonKind } from "../types/index.ts";
import { type ChildRun, childOfCustomRun, childOfPipelineRun, childOfTaskRun } from "./child-run.ts";
import { RUN_UID_LABEL } from "./metadata.ts";
import type { RunPass } from "./pass.ts";

export const observing = traced({
  /**
   * The children that the caches know, found by their owner, and those that only the status knows yet. A child that a
   * pass made before it was cut short is found, though nothing was written about it.
   */
  async updatePipelineRunStatusFromInformer(pass: RunPass): Promise<ChildRun[]> {
    const cached = cachedChildren(pass);
    const known = new Set(cached.map(({ kind, name }) => `${kind}/${name}`));
    const unseen = (pass.draft.status.childReferences ?? []).filter(
      ({ kind, name }) => !known.has(`${kind}/${name}`),
    );
    const fetched = await Promise.all(unseen.map((reference) => observing.getChild(pass, reference)));
    return [...cached, ...fetched.filter((child) => child !== undefined)];
  },

  /** Undefined when somebody has deleted it. */
  async getChild(
    pass: RunPass,
    { kind, name, pipelineTaskName }: ChildReference,
  ): Promise<ChildRun | undefined> {
    const key = { namespace: pass.object.metadata.namespace ?? "", name };
    const { api } = pass.engine;
    try {
      const child =
        kind === "TaskRun"
          ? childOfTaskRun(await api.get(TektonKind.taskRun, key))
          : kind === "CustomRun"
            ? childOfCustomRun(await api.get(TektonKind.customRun, key))
            : childOfPipelineRun(await api.get(TektonKind.pipelineRun, key));
      return { ...child, pipelineTask: pipelineTaskName };
    } catch (fault) {
      if (isApiError(fault, 404)) return undefined;
      throw fault;
    }
  },

  /** All there are at this moment, as the API knows them. */
  async listChildren(pass: RunPass): Promise<ChildRun[]> {
    const [taskRuns, customRuns, pipelineRuns] = await Promise.all([
      ownedBy(pass, TektonKind.taskRun),
      ownedBy(pass, TektonKind.customRun),
      ownedBy(pass, TektonKind.pipelineRun),
    ]);
    return [
      ...taskRuns.map(childOfTaskRun),
      ...customRuns.map(childOfCustomRun),
      ...pipelineRuns.map(childOfPipelineRun),
    ];
  },
});

/** Those that the caches know. */
export function cachedChildren({
  engine: { caches },
  object: { metadata },
}: Pick<RunPass, "engine" | "object">): ChildRun[] {
  return [
    ...caches.taskRuns.by(BY_OWNER, metadata.uid).map(childOfTaskRun),
    ...caches.customRuns.by(BY_OWNER, metadata.uid).map(childOfCustomRun),
    ...caches.pipelineRuns.by(BY_OWNER, metadata.uid).map(childOfPipelineRun),
  ];
}

async function ownedBy<T extends KubeObject>(pass: RunPass, kind: Kind<T>): Promise<readonly Stored<T>[]> {
  const { metadata } = pass.object;
  const labelSelector = `${RUN_UID_LABEL}=${metadata.uid}`;
  const { items } = await pass.engine.api.list(kind, { namespace: metadata.namespace ?? "", labelSelector });
  return items;
}
