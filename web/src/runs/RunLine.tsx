import { memo } from "react";
import { Link } from "wouter";
import type { RunRow } from "../../../src/insight/answers/index.ts";
import type { FilterName } from "../filters/filters.ts";
import { Ago } from "../shared/Ago.tsx";
import { DurationBar } from "../shared/DurationBar.tsx";
import { formatDuration, shortRevision } from "../shared/format.ts";
import { Glyph } from "../shared/Glyph.tsx";
import { runHref, type UrlChanges } from "../shared/url-state.ts";
import { ROW_LINK } from "./use-row-keys.ts";

interface RunLineProps {
  run: RunRow;
  /** Of the row in its table. */
  index: number;
  /** Where the row begins in the table's body, in pixels. */
  top: number;
  /** Wants to know how high the row became. */
  measure: (row: HTMLElement | null) => void;
  /** Up to now, of a run that is not over. */
  durationMs: number;
  scaleMs: number;
  onFilter: (changes: UrlChanges) => void;
}

/**
 * One run. The whole row opens it; result, pipeline, branch and namespace filter by what they say. Drawn again only when
 * something of it changed, not whenever the table is scrolled.
 */
export const RunLine = memo(function RunLine(props: RunLineProps) {
  const { run, index, top, measure, durationMs, scaleMs, onFilter } = props;
  const isRunning = run.result === "running";
  return (
    <tr
      ref={measure}
      className="runs-row"
      aria-rowindex={index + 2}
      data-index={index}
      style={{ transform: `translateY(${top}px)` }}
    >
      <td className="runs-result">
        <FilterCell name="result" value={run.result} onFilter={onFilter}>
          <Glyph result={run.result} />
        </FilterCell>
      </td>
      <td className="runs-pipeline">
        <FilterCell name="pipeline" value={run.pipeline} onFilter={onFilter} />
      </td>
      <td className="runs-run">
        <Link
          href={runHref(run.traceId)}
          className="runs-link clip mono"
          {...{ [ROW_LINK]: "" }}
          title={run.name}
        >
          {run.name}
        </Link>
      </td>
      <td className="runs-branch">
        {run.branch !== undefined && <FilterCell name="branch" value={run.branch} onFilter={onFilter} />}
        {run.revision !== undefined && (
          <span className="runs-revision mono faint">{shortRevision(run.revision)}</span>
        )}
      </td>
      <td className="runs-namespace">
        <FilterCell name="namespace" value={run.namespace} onFilter={onFilter} />
      </td>
      <td className="runs-started soft">
        <Ago time={run.startTime} />
      </td>
      <td className="runs-duration number">{formatDuration(durationMs)}</td>
      <td className="runs-bar" title={`${formatDuration(run.waitMs)} of it waiting`}>
        <span className="visually-hidden">{formatDuration(run.waitMs)}</span>
        <DurationBar durationMs={durationMs} waitMs={run.waitMs} scaleMs={scaleMs} isRunning={isRunning} />
      </td>
      <Failure run={run} />
    </tr>
  );
});

/** Where it failed and why, as one line under the run. */
function Failure({ run: { failedTask, failedStep, message, reason, result } }: { run: RunRow }) {
  if (result === "success" || result === "running") return null;
  const place = [failedTask, failedStep].filter((part) => part !== undefined).join(" › ");
  const why = withoutPlace(message ?? reason, place);
  if (place === "" && why === undefined) return null;
  return (
    <td className="runs-failure clip" title={why}>
      {place !== "" && <b className="mono">{place}</b>} {why}
    </td>
  );
}

/** Messages of failed tasks begin with where it was, which stands before them already. */
function withoutPlace(message: string | undefined, place: string): string | undefined {
  return place !== "" && message?.startsWith(`${place}: `) ? message.slice(place.length + 2) : message;
}

/** A cell that filters by its value when pressed. Not a stop of the Tab key: the same filters can be typed. */
function FilterCell({
  name,
  value,
  onFilter,
  children,
}: {
  name: FilterName;
  value: string;
  onFilter: (changes: UrlChanges) => void;
  children?: React.ReactNode;
}) {
  return (
    <button
      type="button"
      className="runs-cell clip"
      tabIndex={-1}
      title={`Only ${name} ${value}`}
      onClick={() => onFilter({ [name]: value })}
    >
      {children ?? value}
    </button>
  );
}
