import { Link, Redirect } from "wouter";
import type {
  ErrorsAnswer,
  PipelinesAnswer,
  RunsAnswer,
  TasksAnswer,
  TrendAnswer,
} from "../../../src/insight/answers/index.ts";
import { FilterBar } from "../filters/FilterBar.tsx";
import { type Filters, noFilters, readFilters } from "../filters/filters.ts";
import { RunsTable } from "../runs/RunsTable.tsx";
import { Answered } from "../shared/Answered.tsx";
import { questionPath, useAnswer } from "../shared/api.ts";
import { Section } from "../shared/Section.tsx";
import { NothingFits } from "../shared/states.tsx";
import { hrefOf, type UrlChanges, useUrlState } from "../shared/url-state.ts";
import { useTitle } from "../shared/use-title.ts";
import { Bottlenecks } from "./Bottlenecks.tsx";
import { FlakySteps } from "./FlakySteps.tsx";
import { PipelineNumbers } from "./PipelineNumbers.tsx";
import "./pipeline.css";
import { trendBucket } from "./period.ts";
import { Trend } from "./Trend.tsx";

/** How many of the latest runs are listed. */
const RECENT = 10;

/** One pipeline: its trend, where its time goes, what is flaky, its latest runs. */
export function PipelinePage() {
  const { parameters, change } = useUrlState();
  const filters = readFilters(parameters);
  useTitle(filters.pipeline ?? "Pipeline");
  const summary = useAnswer<PipelinesAnswer>(filters.pipeline && questionPath("pipelines", filters));
  if (filters.pipeline === undefined) return <Redirect to="/pipelines" replace />;
  return (
    <>
      <div className="page-head">
        <h1 className="name">{filters.pipeline}</h1>
        <FilterBar filters={filters} fixed="pipeline" onChange={change} />
      </div>
      <Answered question={summary}>
        {({ pipelines: [row] }) =>
          row === undefined ? (
            <NoRuns onClear={() => change({ ...noFilters(), pipeline: filters.pipeline })} />
          ) : (
            <>
              <PipelineNumbers row={row} />
              <Answers filters={filters} onChange={change} />
            </>
          )
        }
      </Answered>
    </>
  );
}

/** The sections ask for themselves, so that a slow answer does not hold up the others. */
function Answers({ filters, onChange }: { filters: Filters; onChange: (changes: UrlChanges) => void }) {
  const bucket = trendBucket(filters, Date.now());
  const trend = useAnswer<TrendAnswer>(questionPath("trend", { ...filters, bucket }));
  const tasks = useAnswer<TasksAnswer>(questionPath("tasks", filters));
  const errors = useAnswer<ErrorsAnswer>(questionPath("errors", { ...filters, by: "task", bucket }));
  const recent = useAnswer<RunsAnswer>(questionPath("runs", { ...filters, limit: RECENT }));
  return (
    <>
      <Section title="Trend" note={`Per ${bucket}; drag to narrow`}>
        <Answered question={trend}>{(answer) => <Trend answer={answer} onNarrow={onChange} />}</Answered>
      </Section>
      <Section title="Where the time goes">
        <Answered question={tasks}>
          {(answer) => (
            <Bottlenecks answer={answer} period={{ since: filters.since, until: filters.until }} />
          )}
        </Answered>
      </Section>
      <Section title="Flaky steps" note="Failed and passed on the same commit, or passed when tried again">
        <Answered question={errors}>{({ flaky }) => <FlakySteps flaky={flaky} />}</Answered>
      </Section>
      <Section title="Recent runs" note={<Link href={hrefOf("/runs", filters)}>All runs</Link>}>
        <Answered question={recent}>{({ runs }) => <RunsTable runs={runs} onFilter={onChange} />}</Answered>
      </Section>
    </>
  );
}

function NoRuns({ onClear }: { onClear: () => void }) {
  return (
    <NothingFits title="No run of this pipeline fits">
      <button type="button" className="button" onClick={onClear}>
        Take the filters away
      </button>
    </NothingFits>
  );
}
