import { defined } from "./attributes.ts";
import { originAttributes, pipelineNameOf, vcsAttributes } from "./identity.ts";
import type { Attributes } from "./span.ts";
import type { LoneTaskTimeline, RunTimeline } from "./timeline.ts";

/** Identity of a run on its resource (semantic conventions: entities cicd.pipeline and cicd.pipeline.run). */
export function resourceOfRun({ family }: RunTimeline): Attributes {
  const { meta } = family.pipelineRun;
  return {
    "cicd.pipeline.name": pipelineNameOf(family.pipelineRun),
    "cicd.pipeline.run.id": meta.uid,
    ...defined({ "k8s.namespace.name": meta.namespace }),
    ...originAttributes(meta),
    ...vcsAttributes(meta),
  };
}

/** The same for a TaskRun that belongs to no PipelineRun. */
export function resourceOfTask({ task }: LoneTaskTimeline): Attributes {
  const { meta } = task.taskRun;
  return {
    ...defined({ "k8s.namespace.name": meta.namespace }),
    ...originAttributes(meta),
    ...vcsAttributes(meta),
  };
}
