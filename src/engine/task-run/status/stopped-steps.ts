/** Steps of a Pod that was taken away before they had ended. */
import type { StepState, TaskRunStatus } from "../../types/index.ts";

/**
 * The status with every unfinished step ended at the TaskRun's end, for its reason. A step starts when the one before has
 * ended, so of those still unfinished only the first can have been at work: no start is told of the others,
 * whose containers did nothing but wait.
 */
export function withStoppedSteps(
  status: TaskRunStatus,
  { reason, finishedAt }: { reason: string; finishedAt: string },
): TaskRunStatus {
  const { steps } = status;
  if (steps === undefined) return status;
  const atWork = steps.findIndex(({ terminated }) => terminated === undefined);
  return {
    ...status,
    steps: steps.map((step, index) =>
      step.terminated === undefined ? stopped(step, { isAtWork: index === atWork }) : step,
    ),
  };

  function stopped(
    { waiting: _, running, ...step }: StepState,
    { isAtWork }: { isAtWork: boolean },
  ): StepState {
    const startedAt = isAtWork ? running?.startedAt : undefined;
    return {
      ...step,
      terminated: {
        exitCode: 1,
        reason,
        message: `Step ${step.name} terminated as pod ${status.podName ?? ""} is terminated`,
        ...(startedAt !== undefined && { startedAt }),
        finishedAt,
      },
      terminationReason: reason,
    };
  }
}
