/** Labels and annotations: those of the run itself, and those its children are born with (docs/labels.md). */
import { annotationsFor, type TraceContext } from "../../context/index.ts";
import type { Metadata, Stored } from "../../kube/index.ts";
import { ownerReferenceTo } from "../ownership.ts";
import type { EmbeddedMetadata, PipelineRun } from "../types/index.ts";
import { PIPELINE_TASK_LABEL } from "./child-run.ts";
import type { RunPass } from "./pass.ts";
import type { PlannedTask, RunKind } from "./plan.ts";

export const PIPELINE_LABEL = "tekton.dev/pipeline";

/** The children of a run can be found by it. */
export const RUN_UID_LABEL = "tekton.dev/pipelineRunUID";

/** A run's own context is not its children's: they get another. */
const CONTEXT_ANNOTATION =
  /^tekton(?:\.dev)?\/(?:(?:pipelinerun|taskrun|customrun)SpanContext|(?:pipelinerun|taskrun)-span-context|traceparent|tracestate|baggage)$/;
const UNSHARED_ANNOTATION = /^chains\.tekton\.dev\//;

type Texts = Readonly<Record<string, string>>;

/**
 * What a run's pipeline is called: by reference its name, through a resolver the name that is asked for, inline the name
 * that the run's is made from. Once the pipeline is there, what {@link nameAfterPipeline} wrote; a label from before that may be
 * of the run that started this one.
 */
export function pipelineNameOf({ spec, metadata, status }: Stored<PipelineRun>): string {
  const { pipelineRef } = spec;
  const label = metadata.labels?.[PIPELINE_LABEL];
  if (label && status?.pipelineSpec) return label;
  if (pipelineRef?.name) return pipelineRef.name;
  if (pipelineRef?.resolver) return resolvedName(pipelineRef.params) ?? metadata.name;
  return metadata.generateName?.replace(/[^a-zA-Z0-9]+$/, "") || metadata.name;
}

function resolvedName(
  params: NonNullable<PipelineRun["spec"]["pipelineRef"]>["params"] = [],
): string | undefined {
  const textOf = (name: string) => params.find((param) => param.name === name)?.value;
  const name = textOf("name");
  return textOf("kind") === "pipeline" && typeof name === "string" ? name : undefined;
}

/** A pipeline that was fetched says itself what it is called (tektoncd/pipeline pipelinerun.go, storePipelineSpecAndMergeMeta). */
export function nameAfterPipeline({ draft }: Pick<RunPass, "draft">, name: string): void {
  if (name !== "") draft.labels = { ...draft.labels, [PIPELINE_LABEL]: name };
}

export interface ChildIdentity {
  planned: PlannedTask;
  name: string;
  /** Of an embedded task, and of `taskRunSpecs`: the latter wins over all. */
  embedded?: EmbeddedMetadata;
  override?: EmbeddedMetadata;
}

/** `metadata` of a child: owner, labels, and the trace context under which it is to stand. */
export function childMetadata(pass: RunPass, { planned, name, embedded, override }: ChildIdentity): Metadata {
  const { object, draft, context } = pass;
  const own = { ...object.metadata.annotations, ...draft.annotations };
  return {
    name,
    namespace: object.metadata.namespace ?? "",
    ownerReferences: [ownerReferenceTo(object)],
    labels: {
      ...embedded?.labels,
      ...object.metadata.labels,
      ...draft.labels,
      ...identityLabels(object, planned),
      ...(planned.runKind === "TaskRun" && {
        "app.kubernetes.io/managed-by": pass.engine.config.managedByLabel,
      }),
      ...override?.labels,
    },
    annotations: {
      ...embedded?.annotations,
      ...shared(own),
      ...(planned.task.onError === "continue" && {
        "pipeline.tekton.dev/pipeline-task-on-error": "continue",
      }),
      ...override?.annotations,
      ...(planned.runKind === "TaskRun" && { "pipeline.tekton.dev/release": pass.engine.version }),
      ...contextAnnotations(planned.runKind, context),
    },
  };
}

function identityLabels({ metadata }: Stored<PipelineRun>, { task, section, runKind }: PlannedTask): Texts {
  const { name = "" } = task.taskRef ?? {};
  return {
    "tekton.dev/pipelineRun": metadata.name,
    [RUN_UID_LABEL]: metadata.uid,
    [PIPELINE_TASK_LABEL]: task.name,
    "tekton.dev/memberOf": section,
    ...(runKind === "TaskRun" && name !== "" && { "tekton.dev/task": name }),
  };
}

function shared(annotations: Texts): Texts {
  const entries = Object.entries(annotations);
  return Object.fromEntries(
    entries.filter(([key]) => !CONTEXT_ANNOTATION.test(key) && !UNSHARED_ANNOTATION.test(key)),
  );
}

/** A CustomRun's carrier has a name of its own, with the same text in it. */
function contextAnnotations(kind: RunKind, context: TraceContext): Texts {
  if (kind === "PipelineRun") return annotationsFor("pipelinerun", context);
  const annotations = annotationsFor("taskrun", context);
  if (kind === "TaskRun") return annotations;
  const { "tekton.dev/taskrunSpanContext": carrier = "", ...others } = annotations;
  return { "tekton.dev/customrunSpanContext": carrier, ...others };
}
