/** What people ask a server about 30 days, with other parameters in every round, so that nobody answers from memory. */
import { seededDice } from "./dice.ts";
import { branchName, type Period, pipelineName } from "./run-story.ts";
import { runTraceId, SPANS_PER_RUN } from "./spans.ts";

export interface Question {
  name: string;
  /** Path and query. */
  path: string;
  /** Whether that is an answer: one that found nothing would be quick for the wrong reason. */
  isAnswer: (json: Answer) => boolean;
}

/** Fields of the answers that are looked at. */
interface Answer {
  total?: number;
  runs?: unknown;
  buckets?: unknown[];
  tasks?: unknown[];
  series?: unknown[];
  pipelines?: unknown[];
  points?: unknown[];
  spans?: { id?: unknown[] };
  data?: { spans?: unknown[] }[];
}

/** The questions of one round. */
export function questionsOf(round: number, period: Period): Question[] {
  const dice = seededDice(`round ${round}`);
  const traceId = () => runTraceId(dice.below(period.runs), period);
  const pipeline = pipelineName(round);
  const branch = branchName(1 + round);
  // The same 30 days, another text, in every round.
  const since = new Date(period.untilMs - period.days * 86_400_000 + round).toISOString();
  const insight = (path: string, parameters: Record<string, string>) =>
    `/api/v1/${path}?${new URLSearchParams({ since, ...parameters })}`;
  return [
    {
      name: "jaegerTrace",
      path: `/api/traces/${traceId()}`,
      isAnswer: ({ data }) => data?.[0]?.spans?.length === SPANS_PER_RUN,
    },
    {
      name: "trace",
      path: `/api/v1/traces/${traceId()}`,
      isAnswer: ({ spans }) => spans?.id?.length === SPANS_PER_RUN,
    },
    { name: "runs", path: insight("runs", { limit: "50" }), isAnswer: hasTotal },
    {
      name: "runsFiltered",
      path: insight("runs", {
        pipeline,
        branch: "main",
        result: "failure",
        "longer-than": "2m",
        limit: "50",
      }),
      isAnswer: hasTotal,
    },
    {
      name: "runsSlowest",
      path: insight("runs", { pipeline, sort: "duration", order: "desc", limit: "50" }),
      isAnswer: hasTotal,
    },
    {
      name: "histogram",
      path: insight("runs/histogram", { buckets: "60" }),
      isAnswer: ({ buckets }) => isFilled(buckets),
    },
    { name: "pipelines", path: insight("pipelines", {}), isAnswer: ({ pipelines }) => isFilled(pipelines) },
    {
      name: "trend",
      path: insight("trend", { pipeline, bucket: "day" }),
      isAnswer: ({ points }) => isFilled(points),
    },
    { name: "tasks", path: insight("tasks", { pipeline }), isAnswer: ({ tasks }) => isFilled(tasks) },
    {
      name: "errors",
      path: insight("errors", { by: "task", bucket: "day" }),
      isAnswer: ({ series }) => isFilled(series),
    },
    {
      name: "compare",
      path: insight("compare", { a: "branch:main", b: `branch:${branch}`, pipeline }),
      isAnswer: ({ tasks }) => isFilled(tasks),
    },
  ];
}

function hasTotal({ total, runs }: Answer): boolean {
  return (total ?? 0) > 0 && isFilled(runs);
}

function isFilled(list: unknown): boolean {
  return Array.isArray(list) && list.length > 0;
}

/** Asks one question; answers how many milliseconds it took to the last byte. Throws when that was no answer. */
export async function ask({ name, path, isAnswer }: Question, ui: string): Promise<number> {
  const started = performance.now();
  const response = await fetch(new URL(path, ui));
  const body = await response.text();
  const millis = performance.now() - started;
  if (response.ok && isAnswer(JSON.parse(body))) return millis;
  throw new Error(`${name}: GET ${path} was answered ${response.status} ${body.slice(0, 300)}`);
}
