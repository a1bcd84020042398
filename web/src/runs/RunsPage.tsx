import type { ResultWord, RunsHistogramAnswer } from "../../../src/insight/answers/index.ts";
import { FilterBar } from "../filters/FilterBar.tsx";
import { type Filters, noFilters, readFilters, toggleResult } from "../filters/filters.ts";
import { Answered } from "../shared/Answered.tsx";
import { formatCount } from "../shared/format.ts";
import { EmptyState, NothingFits } from "../shared/states.tsx";
import { type UrlChanges, useUrlState } from "../shared/url-state.ts";
import { useTitle } from "../shared/use-title.ts";
import { Histogram } from "./Histogram.tsx";
import { addCounts, shownResults } from "./histogram-model.ts";
import { ResultToggles } from "./ResultToggles.tsx";
import { RunsTable } from "./RunsTable.tsx";
import { type Order, useHistogram, useRuns } from "./use-runs.ts";

/** All runs: over time, and one by one. */
export function RunsPage() {
  useTitle("Runs");
  const { parameters, change } = useUrlState();
  const filters = readFilters(parameters);
  const order = readOrder(parameters);
  const runs = useRuns(filters, order);
  const histogram = useHistogram(filters);
  const total = runs.data?.total;
  const isUnfiltered = Object.keys(filters).length === 0;
  if (total === 0 && isUnfiltered && !runs.isPlaceholderData) return <EmptyState />;
  return (
    <>
      <div className="page-head">
        <h1>Runs {total !== undefined && <span className="page-count">{formatCount(total)}</span>}</h1>
        <FilterBar filters={filters} onChange={change} />
      </div>
      {histogram.data && <Overview answer={histogram.data} filters={filters} onChange={change} />}
      <Answered question={runs} rows={16}>
        {(answer) =>
          answer.total === 0 ? (
            <NoRuns onClear={() => change(noFilters())} />
          ) : (
            <RunsTable
              runs={answer.runs}
              sorting={{ order, onOrder: (next) => change({ ...next }) }}
              onFilter={change}
              onEnd={() => {
                if (runs.hasNextPage && !runs.isFetching) void runs.fetchNextPage();
              }}
            />
          )
        }
      </Answered>
    </>
  );
}

function Overview({
  answer,
  filters,
  onChange,
}: {
  answer: RunsHistogramAnswer;
  filters: Filters;
  onChange: (changes: UrlChanges) => void;
}) {
  const toggle = (result: ResultWord) => onChange({ result: toggleResult(filters.result, result) });
  return (
    <>
      <ResultToggles
        counts={addCounts(answer.buckets.map(({ counts }) => counts))}
        filter={filters.result}
        onToggle={toggle}
      />
      <Histogram answer={answer} shown={shownResults(filters.result)} onNarrow={onChange} />
    </>
  );
}

function NoRuns({ onClear }: { onClear: () => void }) {
  return (
    <NothingFits title="No run fits these filters">
      <button type="button" className="button" onClick={onClear}>
        Show all runs
      </button>
    </NothingFits>
  );
}

function readOrder(parameters: URLSearchParams): Order {
  const sort = parameters.get("sort");
  return {
    sort: sort === "duration" || sort === "wait" ? sort : "started",
    order: parameters.get("order") === "asc" ? "asc" : "desc",
  };
}
