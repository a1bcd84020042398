import type { PipelinesAnswer } from "../../../src/insight/answers/index.ts";
import { FilterBar } from "../filters/FilterBar.tsx";
import { noFilters, readFilters } from "../filters/filters.ts";
import { Answered } from "../shared/Answered.tsx";
import { questionPath, useAnswer } from "../shared/api.ts";
import { formatCount } from "../shared/format.ts";
import { EmptyState, NothingFits } from "../shared/states.tsx";
import { useUrlState } from "../shared/url-state.ts";
import { useTitle } from "../shared/use-title.ts";
import { PipelinesTable } from "./PipelinesTable.tsx";
import { readPipelineOrder } from "./sort-pipelines.ts";

/** All pipelines: how often they run, fail, and how long they take. */
export function PipelinesPage() {
  useTitle("Pipelines");
  const { parameters, change } = useUrlState();
  const filters = readFilters(parameters);
  const question = useAnswer<PipelinesAnswer>(questionPath("pipelines", filters));
  const count = question.data?.pipelines.length;
  if (count === 0 && Object.keys(filters).length === 0 && !question.isPlaceholderData) return <EmptyState />;
  return (
    <>
      <div className="page-head">
        <h1>Pipelines {count !== undefined && <span className="page-count">{formatCount(count)}</span>}</h1>
        <FilterBar filters={filters} onChange={change} />
      </div>
      <Answered question={question}>
        {({ pipelines }) =>
          pipelines.length === 0 ? (
            <NothingFits title="No pipeline has runs that fit these filters">
              <button type="button" className="button" onClick={() => change(noFilters())}>
                Show all pipelines
              </button>
            </NothingFits>
          ) : (
            <PipelinesTable
              pipelines={pipelines}
              period={{ since: filters.since, until: filters.until }}
              order={readPipelineOrder(parameters)}
              onOrder={({ sort, order }) => change({ sort, order })}
            />
          )
        }
      </Answered>
    </>
  );
}
