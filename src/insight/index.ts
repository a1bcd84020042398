// The questions and their answers

export type * from "./answers/index.ts";
export { SPAN_FLAGS } from "./answers/index.ts";
export { isBriefPhase } from "./brief-phases.ts";
export { COMPARE } from "./compare.ts";
export { ERRORS } from "./errors.ts";
export { STATUS } from "./finding.ts";
export { type Parameter, type Parameters, QuestionError } from "./parameters.ts";
export type { Asked, Question } from "./question.ts";
export { askQuestion, QUESTIONS } from "./questions.ts";
export { isReconcile, withNothingElseBelow } from "./reconcile-spans.ts";
export { RUNS } from "./runs.ts";
export { ANSWER_SCHEMAS } from "./schemas.ts";
export { TASKS } from "./tasks.ts";
export { TRACE } from "./trace.ts";

// Words

export { formatDuration, toMillis } from "./duration.ts";
export { pathSentence, shortImage } from "./path-words.ts";

// Lists

export { groupBy } from "./groups.ts";
