/** What Tekton writes into `status.skippedTasks[].reason`. */
export const SKIPPED = {
  byWhen: "When Expressions evaluated to false",
  withParent: "Parent Tasks were skipped",
  noResults: "Results were missing",
  stopping: "PipelineRun was stopping",
  cancelled: "PipelineRun was gracefully cancelled",
  stopped: "PipelineRun was gracefully stopped",
  tasksTimeout: "PipelineRun Tasks timeout has been reached",
  pipelineTimeout: "PipelineRun timeout has been reached",
} as const;
