import type { TaskRow } from "../../../src/insight/answers/index.ts";
import { formatCount, formatDuration, formatShare } from "../shared/format.ts";
import "../shared/numbers.css";

/** What the spans of a task tell of its runs, in numbers. */
export function TaskNumbers({ row }: { row: TaskRow | undefined }) {
  if (row === undefined) return <p className="soft">No run of this task has ended in this period.</p>;
  const numbers = {
    Runs: formatCount(row.runs),
    Failed: formatShare(row.failureRate),
    p50: formatDuration(row.p50Ms),
    p95: formatDuration(row.p95Ms),
    "Waiting, p50": formatDuration(row.waitP50Ms),
    "Critical path": formatShare(row.criticalShare),
    Retried: formatShare(row.retryRate),
  };
  return (
    <dl className="numbers" aria-label="Its runs">
      {Object.entries(numbers).map(([name, number]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{number}</dd>
        </div>
      ))}
    </dl>
  );
}
