import {
  type ErrorCounts,
  errorCounts,
  errorMessages,
  exitCodes,
  type MessageCount,
  VARYING_WORD,
} from "../store/index.ts";
import { formatTime } from "../tekton/index.ts";
import type { ErrorSeries, ErrorsAnswer } from "./answers/index.ts";
import { flakySteps, subjectKey } from "./flaky.ts";
import { groupBy } from "./groups.ts";
import { BUCKET_PARAMETER, BUCKETS } from "./pipelines.ts";
import { question } from "./question.ts";
import { RUN_FILTERS, runFilters } from "./run-filters.ts";
import { known } from "./run-row.ts";
import { TASK_PARAMETER } from "./tasks.ts";

const SUBJECTS = ["task", "pipeline"] as const;
const PER_SERIES = 5;

/** What fails, how often, since when and why. */
export const ERRORS = question<ErrorsAnswer>({
  name: "errors",
  path: "errors",
  summary:
    "Error rates over time with the most frequent messages and exit codes, and what fails and passes on the same commit",
  answerName: "ErrorsAnswer",
  parameters: [
    {
      name: "by",
      kind: "choice",
      values: SUBJECTS,
      default: "task",
      description: "a series for each task or pipeline",
    },
    BUCKET_PARAMETER,
    ...RUN_FILTERS,
    TASK_PARAMETER,
    { name: "limit", kind: "count", default: "50", most: 500, description: "how many series" },
  ],
  async answer({ store }, given) {
    const by = given.choice("by", SUBJECTS) ?? "task";
    const bucket = given.choice("bucket", BUCKETS) ?? "day";
    const filters = { ...runFilters(given), task: given.text("task") };
    const [counts, messages, codes, flaky] = await Promise.all([
      store.select(errorCounts({ by, bucket, filters, limit: given.count("limit") })),
      store.select(errorMessages({ by, filters }, PER_SERIES)),
      store.select(exitCodes({ by, filters }, PER_SERIES)),
      flakySteps(filters, store),
    ]);
    const messagesOf = groupBy(messages, subjectKey);
    const codesOf = groupBy(codes, subjectKey);
    const series = counts.map((each) =>
      seriesOf(each, messagesOf.get(subjectKey(each)) ?? [], codesOf.get(subjectKey(each)) ?? []),
    );
    return { by, bucket, series, flaky };
  },
});

function seriesOf(
  { pipeline, task, total, failed, startSeconds, totals, failures }: ErrorCounts,
  messages: readonly MessageCount[],
  codes: readonly { exitCode: number; count: number }[],
): ErrorSeries {
  return {
    pipeline,
    ...known("task", task),
    total,
    failed,
    points: startSeconds.map((seconds, index) => ({
      startTime: formatTime(BigInt(seconds) * 1_000_000_000n),
      total: totals[index] ?? 0,
      failed: failures[index] ?? 0,
    })),
    messages: messages.map(({ message, count, lastTraceId }) => ({
      message: generalMessage(message),
      count,
      lastTraceId,
    })),
    exitCodes: codes.map(({ exitCode, count }) => ({ exitCode, count })),
  };
}

const KEPT_WORDS = /^(?:sha1|sha256|sha512|sha-1|sha-256|utf8)$/i;

/** A message for all that are like it: what varies is written `…`, exit codes and the names of hashes stay. */
export function generalMessage(message: string): string {
  const pattern = new RegExp(`(\\bcode:? )?(${VARYING_WORD})`, "g");
  return message.replaceAll(pattern, (whole, code: string | undefined, word: string) =>
    (code !== undefined && /^\d+$/.test(word)) || KEPT_WORDS.test(word) ? whole : `${code ?? ""}…`,
  );
}
