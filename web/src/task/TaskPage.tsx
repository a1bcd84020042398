import { Link, Redirect } from "wouter";
import type { ErrorsAnswer, TaskMetricsAnswer, TasksAnswer } from "../../../src/insight/answers/index.ts";
import { type Filters, readFilters } from "../filters/filters.ts";
import { PeriodSelect } from "../filters/PeriodSelect.tsx";
import { trendBucket } from "../pipelines/period.ts";
import { Answered } from "../shared/Answered.tsx";
import { questionPath, useAnswer } from "../shared/api.ts";
import { formatPeriod } from "../shared/format.ts";
import { Section } from "../shared/Section.tsx";
import { pipelineHref, type UrlChanges, useUrlState } from "../shared/url-state.ts";
import { useTitle } from "../shared/use-title.ts";
import { Failures } from "./Failures.tsx";
import { Measured } from "./Measured.tsx";
import "./task.css";
import { TaskNumbers } from "./TaskNumbers.tsx";
import { isMeasured } from "./task-data.ts";

/** Bars that can still be told apart on a telephone. */
const BUCKETS = 48;

/** One task of a pipeline: how its runs went, and what it measured of itself. */
export function TaskPage() {
  const { parameters, change } = useUrlState();
  const { pipeline, since, until } = readFilters(parameters);
  const task = parameters.get("task") ?? "";
  useTitle(task === "" ? "Task" : task);
  if (task === "" || pipeline === undefined) return <Redirect to="/pipelines" replace />;
  const period = { ...(since && { since }), ...(until && { until }) };
  return (
    <>
      <div className="page-head">
        <h1 className="name">{task}</h1>
        <span className="soft name">
          task of <Link href={pipelineHref(pipeline, period)}>{pipeline}</Link>
        </span>
        <PeriodSelect since={since} until={until} onChange={change} />
        {since !== undefined && until !== undefined && (
          <span className="faint">{formatPeriod({ since, until })}</span>
        )}
      </div>
      <Answers filters={{ pipeline, ...period }} task={task} onNarrow={change} />
    </>
  );
}

/** The sections ask for themselves, so that a slow answer does not hold up the others. */
function Answers({
  filters,
  task,
  onNarrow,
}: {
  filters: Filters;
  task: string;
  onNarrow: (period: UrlChanges) => void;
}) {
  const bucket = trendBucket(filters, Date.now());
  const runs = useAnswer<TasksAnswer>(questionPath("tasks", { ...filters, task }));
  const measured = useAnswer<TaskMetricsAnswer>(
    questionPath("metrics/task", { ...filters, task, buckets: BUCKETS }),
  );
  const errors = useAnswer<ErrorsAnswer>(questionPath("errors", { ...filters, task, by: "task", bucket }));
  return (
    <>
      <Answered question={runs} rows={2}>
        {({ tasks: [row] }) => <TaskNumbers row={row} />}
      </Answered>
      <Section
        title="Measured by the task itself"
        note={measured.data && isMeasured(measured.data) && "Drag to narrow"}
      >
        <Answered question={measured}>
          {(answer) => (
            <Measured
              // What was pointed at in one period means nothing in the next.
              key={`${filters.since} ${filters.until}`}
              answer={answer}
              isNarrowed={filters.since !== undefined}
              onNarrow={onNarrow}
            />
          )}
        </Answered>
      </Section>
      <Section title="Failures" note="From its spans">
        <Answered question={errors}>{({ series: [one] }) => <Failures series={one} />}</Answered>
      </Section>
    </>
  );
}
