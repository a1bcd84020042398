/** All questions there are. */
import { COMPARE } from "./compare.ts";
import { ERRORS } from "./errors.ts";
import { SEARCH, STATUS, VALUES } from "./finding.ts";
import { RUNS_HISTOGRAM } from "./histogram.ts";
import { METRIC_POINTS, METRICS } from "./metrics.ts";
import { type Parameters, readGiven } from "./parameters.ts";
import { PIPELINES, TREND } from "./pipelines.ts";
import type { Asked, Question } from "./question.ts";
import { RUNS } from "./runs.ts";
import { SPAN } from "./span.ts";
import { MEASURED_TASKS, TASK_METRICS_OVER_TIME } from "./task-metrics.ts";
import { TASKS } from "./tasks.ts";
import { TRACE } from "./trace.ts";

export const QUESTIONS: readonly Question<unknown>[] = [
  RUNS,
  RUNS_HISTOGRAM,
  PIPELINES,
  TREND,
  TASKS,
  ERRORS,
  COMPARE,
  TRACE,
  SPAN,
  SEARCH,
  VALUES,
  METRICS,
  METRIC_POINTS,
  MEASURED_TASKS,
  TASK_METRICS_OVER_TIME,
  STATUS,
];

/**
 * Asks a question.
 *
 * @example
 * const { runs } = await askQuestion(RUNS, asked, { "longer-than": "10m", branch: "main" });
 *
 * @throws QuestionError when a parameter is not what it should be, or when what it names is not there.
 * @throws StoreError when the store cannot answer.
 */
export function askQuestion<Answer>(
  question: Question<Answer>,
  asked: Asked,
  parameters: Parameters,
): Promise<Answer> {
  return question.answer(asked, readGiven(question.parameters, parameters, asked.nowNs));
}
