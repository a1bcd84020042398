import type { PipelineRow } from "../../../src/insight/answers/index.ts";
import { Ago } from "../shared/Ago.tsx";
import { formatCount, formatDuration, formatShare } from "../shared/format.ts";
import { Glyph } from "../shared/Glyph.tsx";
import "../shared/numbers.css";
import { failureRate } from "./sort-pipelines.ts";

/** A pipeline in five numbers. */
export function PipelineNumbers({ row }: { row: PipelineRow }) {
  return (
    <dl className="numbers">
      <div>
        <dt>Runs</dt>
        <dd>{formatCount(row.runs)}</dd>
      </div>
      <div>
        <dt>Failed</dt>
        <dd>{formatShare(failureRate(row))}</dd>
      </div>
      <div>
        <dt>p50</dt>
        <dd>{formatDuration(row.p50Ms)}</dd>
      </div>
      <div>
        <dt>p95</dt>
        <dd>{formatDuration(row.p95Ms)}</dd>
      </div>
      <div>
        <dt>
          Last run, <Ago time={row.lastStartTime} />
        </dt>
        <dd>
          <Glyph result={row.lastResult} />
        </dd>
      </div>
    </dl>
  );
}
