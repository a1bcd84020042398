import type { Kind, KubeObject } from "../../kube/index.ts";
import type { CustomRun } from "./custom-run.ts";
import type { Pipeline } from "./pipeline.ts";
import type { PipelineRun } from "./pipeline-run.ts";
import type { StepAction, Task } from "./task.ts";
import type { TaskRun } from "./task-run.ts";

const tekton = <T extends KubeObject>(version: string, kind: string, plural: string): Kind<T> => ({
  group: "tekton.dev",
  version,
  kind,
  plural,
  isNamespaced: true,
});

/** The kinds of `tekton.dev`, in the version its controllers store. */
export const TektonKind = {
  pipelineRun: tekton<PipelineRun>("v1", "PipelineRun", "pipelineruns"),
  taskRun: tekton<TaskRun>("v1", "TaskRun", "taskruns"),
  pipeline: tekton<Pipeline>("v1", "Pipeline", "pipelines"),
  task: tekton<Task>("v1", "Task", "tasks"),
  customRun: tekton<CustomRun>("v1beta1", "CustomRun", "customruns"),
  stepAction: tekton<StepAction>("v1beta1", "StepAction", "stepactions"),
};
