import { formatDuration } from "../shared/format.ts";
import { SortHead } from "../shared/SortHead.tsx";
import type { Order } from "./use-runs.ts";

/** By what the table is sorted, and how to change it. */
export interface Sorting {
  order: Order;
  onOrder: (order: Order) => void;
}

const NAMES = [
  { name: "Result", className: "runs-result" },
  { name: "Pipeline", className: "runs-pipeline" },
  { name: "Run", className: "runs-run" },
  { name: "Branch", className: "runs-branch" },
  { name: "Namespace", className: "runs-namespace" },
];

/** The head of the table: names, which sort where they can, and the scale of the bars. */
export function RunsHead({ scaleMs, sorting }: { scaleMs: number; sorting?: Sorting | undefined }) {
  return (
    <thead className="runs-head">
      <tr className="runs-row">
        {NAMES.map(({ name, className }) => (
          <th key={name} className={className} scope="col">
            {name}
          </th>
        ))}
        <Sortable name="Started" className="runs-started" sort="started" sorting={sorting} />
        <Sortable name="Duration" className="runs-duration" sort="duration" sorting={sorting} />
        <Sortable name="Waiting" className="runs-bar" sort="wait" sorting={sorting}>
          <span className="runs-scale faint" title="The common scale of the bars">
            0 – {formatDuration(scaleMs)}
          </span>
        </Sortable>
      </tr>
    </thead>
  );
}

interface SortableProps {
  name: string;
  className: string;
  sort: Order["sort"];
  sorting: Sorting | undefined;
  children?: React.ReactNode;
}

function Sortable({ name, className, sort, sorting, children }: SortableProps) {
  if (sorting === undefined) {
    return (
      <th className={className} scope="col">
        {name}
        {children}
      </th>
    );
  }
  const order = sorting.order.sort === sort ? sorting.order.order : undefined;
  const press = () => sorting.onOrder({ sort, order: order === "desc" ? "asc" : "desc" });
  return (
    <SortHead name={name} className={className} order={order} onPress={press}>
      {children}
    </SortHead>
  );
}
