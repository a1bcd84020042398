import { Link } from "wouter";
import type { PipelineRow } from "../../../src/insight/answers/index.ts";
import { Ago } from "../shared/Ago.tsx";
import { durationScale } from "../shared/duration-scale.ts";
import { formatCount, formatDuration } from "../shared/format.ts";
import { Glyph } from "../shared/Glyph.tsx";
import { Share } from "../shared/Share.tsx";
import { SortHead } from "../shared/SortHead.tsx";
import "../shared/table.css";
import { pipelineHref, type UrlChanges } from "../shared/url-state.ts";
import "./pipelines.css";
import { SpreadBar } from "./SpreadBar.tsx";
import {
  failureRate,
  nextOrder,
  type PipelineOrder,
  type PipelineSort,
  sortPipelines,
} from "./sort-pipelines.ts";

interface Column {
  sort: PipelineSort;
  name: string;
  className?: string;
}

const COLUMNS: Column[] = [
  { sort: "pipeline", name: "Pipeline" },
  { sort: "runs", name: "Runs", className: "number" },
  { sort: "failed", name: "Failed" },
  { sort: "p50", name: "p50", className: "number" },
  { sort: "p95", name: "p95", className: "number wide" },
];

interface PipelinesTableProps {
  pipelines: readonly PipelineRow[];
  /** Kept in the links to the pipelines' own pages. */
  period: UrlChanges;
  order: PipelineOrder;
  onOrder: (order: PipelineOrder) => void;
}

/** Pipelines, one row each, sorted by the column that is pressed. */
export function PipelinesTable({ pipelines, period, order, onOrder }: PipelinesTableProps) {
  const scaleMs = durationScale(pipelines.map(({ p95Ms }) => p95Ms));
  const headOf = ({ sort, ...look }: Column) => ({
    ...look,
    order: order.sort === sort ? order.order : undefined,
    onPress: () => onOrder(nextOrder(order, sort)),
  });
  return (
    <table className="table pipelines">
      <thead>
        <tr>
          {COLUMNS.map((column) => (
            <SortHead key={column.sort} {...headOf(column)} />
          ))}
          <th scope="col" className="wide">
            p50 to p95 <span className="faint pipelines-scale">0 – {formatDuration(scaleMs)}</span>
          </th>
          <th scope="col" className="wide">
            Namespaces
          </th>
          <SortHead {...headOf({ sort: "last", name: "Last run" })} />
        </tr>
      </thead>
      <tbody>
        {sortPipelines(pipelines, order).map((row) => (
          <Row key={row.pipeline} row={row} scaleMs={scaleMs} period={period} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row, scaleMs, period }: { row: PipelineRow; scaleMs: number; period: UrlChanges }) {
  return (
    <tr>
      <th scope="row" className="pipelines-name">
        <Link href={pipelineHref(row.pipeline, period)} className="name">
          {row.pipeline}
        </Link>
      </th>
      <td className="number">{formatCount(row.runs)}</td>
      <td>
        <Share share={failureRate(row)} tone="failure" />
      </td>
      <td className="number">{formatDuration(row.p50Ms)}</td>
      <td className="number wide">{formatDuration(row.p95Ms)}</td>
      <td className="wide pipelines-spread">
        <SpreadBar p50Ms={row.p50Ms} p95Ms={row.p95Ms} scaleMs={scaleMs} />
      </td>
      <td className="wide soft pipelines-namespaces clip" title={row.namespaces.join(", ")}>
        {row.namespaces.join(", ")}
      </td>
      <td className="pipelines-last">
        <Glyph result={row.lastResult} isShort />{" "}
        <span className="soft">
          <Ago time={row.lastStartTime} />
        </span>
      </td>
    </tr>
  );
}
