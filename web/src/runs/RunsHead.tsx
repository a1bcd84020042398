import type { ReactNode } from "react";
import { formatDuration } from "../shared/format.ts";
import type { Order } from "./use-runs.ts";

const COLUMNS: { name: string; className: string; sort?: Order["sort"] }[] = [
  { name: "Result", className: "runs-result" },
  { name: "Pipeline", className: "runs-pipeline" },
  { name: "Run", className: "runs-run" },
  { name: "Branch", className: "runs-branch" },
  { name: "Namespace", className: "runs-namespace" },
  { name: "Started", className: "runs-started", sort: "started" },
  { name: "Duration", className: "runs-duration", sort: "duration" },
];

/** The head of the table: names, which are buttons where they sort, and the scale of the bars. */
export function RunsHead({
  scaleMs,
  order,
  onOrder,
}: {
  scaleMs: number;
  order?: Order;
  onOrder?: (order: Order) => void;
}) {
  return (
    <thead className="runs-head">
      <tr className="runs-row">
        {COLUMNS.map(({ name, className, sort }) => (
          <Column
            key={name}
            name={name}
            className={className}
            {...(order && sort && onOrder && { sort, order, onOrder })}
          />
        ))}
        <Column
          name="Waiting"
          className="runs-bar"
          {...(order && onOrder && { sort: "wait", order, onOrder })}
        >
          <span className="runs-scale faint" title="The common scale of the bars">
            0 – {formatDuration(scaleMs)}
          </span>
        </Column>
      </tr>
    </thead>
  );
}

interface ColumnProps {
  name: string;
  className: string;
  sort?: Order["sort"];
  order?: Order;
  onOrder?: (order: Order) => void;
  children?: ReactNode;
}

function Column({ name, className, sort, order, onOrder, children }: ColumnProps) {
  if (sort === undefined || order === undefined || onOrder === undefined) {
    return (
      <th className={className} scope="col">
        {name}
        {children}
      </th>
    );
  }
  const isOn = order.sort === sort;
  const next = isOn && order.order === "desc" ? "asc" : "desc";
  const direction = order.order === "desc" ? "descending" : "ascending";
  return (
    <th className={className} scope="col" aria-sort={isOn ? direction : "none"}>
      <button type="button" className="runs-sort" onClick={() => onOrder({ sort, order: next })}>
        {name}
        <span aria-hidden="true">{isOn ? (order.order === "desc" ? " ↓" : " ↑") : ""}</span>
      </button>
      {children}
    </th>
  );
}
