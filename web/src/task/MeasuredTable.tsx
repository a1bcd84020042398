import type { TaskMetricsAnswer } from "../../../src/insight/answers/index.ts";
import { formatBytes, formatCount, formatDuration, formatTime } from "../shared/format.ts";
import "../shared/table.css";
import { countOf, hasPercentiles, layersOf, meanMs } from "./task-data.ts";

type Bucket = TaskMetricsAnswer["buckets"][number];

interface Column {
  /** A result and an artifact may have the same name. */
  key: string;
  name: string;
  textOf: (bucket: Bucket) => string;
}

/** The numbers of all charts, for whoever would rather read than look; latest first. */
export function MeasuredTable({ answer }: { answer: TaskMetricsAnswer }) {
  const columns = columnsOf(answer);
  const rows = answer.buckets
    .map((bucket) => ({ bucket, texts: columns.map(({ textOf }) => textOf(bucket)) }))
    .filter(({ texts }) => texts.some((text) => text !== ""));
  return (
    <details className="measured-table">
      <summary>As a table</summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section className="measured-scroll" aria-label="What was measured" tabIndex={0}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">From</th>
              {columns.map(({ key, name }) => (
                <th key={key} scope="col" className="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.toReversed().map(({ bucket, texts }) => (
              <tr key={bucket.startTime}>
                <th scope="row">{formatTime(bucket.startTime)}</th>
                {columns.map(({ key }, index) => (
                  <td key={key} className="number">
                    {texts[index]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </details>
  );
}

function columnsOf(answer: TaskMetricsAnswer): Column[] {
  return [...durationColumns(answer), ...completionColumns(answer), ...sizeColumns(answer)];
}

function durationColumns(answer: TaskMetricsAnswer): Column[] {
  if (answer.duration === undefined) return [];
  if (!hasPercentiles(answer))
    return [{ key: "mean", name: "mean", textOf: ({ duration }) => durationText(meanMs(duration)) }];
  return [
    { key: "p50", name: "p50", textOf: ({ duration }) => durationText(duration?.p50Ms) },
    { key: "p95", name: "p95", textOf: ({ duration }) => durationText(duration?.p95Ms) },
  ];
}

function completionColumns(answer: TaskMetricsAnswer): Column[] {
  return layersOf(answer.completions).map((layer) => ({
    key: `completions ${layer.result}`,
    name: layer.word,
    textOf: ({ completions }) => {
      const count = countOf(completions, layer);
      return count === 0 ? "" : formatCount(count);
    },
  }));
}

function sizeColumns({ artifacts }: TaskMetricsAnswer): Column[] {
  return artifacts.map(({ artifact, points }) => {
    const sizes = new Map(points.map(({ startTime, bytes }) => [startTime, formatBytes(bytes)]));
    return { key: `size ${artifact}`, name: artifact, textOf: ({ startTime }) => sizes.get(startTime) ?? "" };
  });
}

function durationText(milliseconds: number | undefined): string {
  return milliseconds === undefined ? "" : formatDuration(milliseconds);
}
