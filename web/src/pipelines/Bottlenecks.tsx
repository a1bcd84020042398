import { Link } from "wouter";
import type { TaskRow, TasksAnswer } from "../../../src/insight/answers/index.ts";
import { DurationBar } from "../shared/DurationBar.tsx";
import { durationScale } from "../shared/duration-scale.ts";
import { formatDuration, formatMany, formatShare } from "../shared/format.ts";
import { Share } from "../shared/Share.tsx";
import "../shared/table.css";
import { taskHref, type UrlChanges } from "../shared/url-state.ts";

/** The tasks of a pipeline, the one worth shortening first at the top. `period` is kept in the links to their pages. */
export function Bottlenecks({ answer, period }: { answer: TasksAnswer; period: UrlChanges }) {
  if (answer.tasks.length === 0) return <p className="soft">No task has ended yet.</p>;
  const scaleMs = durationScale(answer.tasks.map(({ waitP50Ms, executeP50Ms }) => waitP50Ms + executeP50Ms));
  return (
    <>
      <table className="table bottlenecks">
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col" title="Of the duration of all runs, the part this task was on the critical path">
              Critical path
            </th>
            <th scope="col" className="number wide">
              p50
            </th>
            <th scope="col" className="number wide">
              p95
            </th>
            <th scope="col" className="wide" title="Medians: waiting hatched, then working">
              Wait and work <span className="faint pipelines-scale">0 – {formatDuration(scaleMs)}</span>
            </th>
            <th scope="col" className="wide">
              Failed
            </th>
            <th scope="col" className="number wide">
              Retried
            </th>
            <th scope="col" className="number wide">
              Skipped
            </th>
            <th scope="col" className="number">
              In half the time
            </th>
          </tr>
        </thead>
        <tbody>
          {answer.tasks.map((task) => (
            <Row key={`${task.pipeline}/${task.task}`} task={task} scaleMs={scaleMs} period={period} />
          ))}
        </tbody>
      </table>
      <p className="faint bottlenecks-note">
        “In half the time”: how much less the median run would take, worked out on the graph of the latest{" "}
        {formatMany(answer.replayedRuns, "run")} of {formatMany(answer.runs, "run")}.
      </p>
    </>
  );
}

function Row({ task, scaleMs, period }: { task: TaskRow; scaleMs: number; period: UrlChanges }) {
  const { waitP50Ms, executeP50Ms } = task;
  const waitAndWork = `${formatDuration(waitP50Ms)} waiting, ${formatDuration(executeP50Ms)} working`;
  return (
    <tr>
      <th scope="row" className="name mono">
        <Link href={taskHref(task, period)}>{task.task}</Link>
      </th>
      <td>
        <Share share={task.criticalShare} />
      </td>
      <td className="number wide">{formatDuration(task.p50Ms)}</td>
      <td className="number wide">{formatDuration(task.p95Ms)}</td>
      <td className="wide bottlenecks-bar" title={waitAndWork}>
        <span className="visually-hidden">{waitAndWork}</span>
        <DurationBar durationMs={waitP50Ms + executeP50Ms} waitMs={waitP50Ms} scaleMs={scaleMs} />
      </td>
      <td className="wide">
        <Share share={task.failureRate} tone="failure" />
      </td>
      <td className="number wide">{shareOrNothing(task.retryRate)}</td>
      <td className="number wide">{shareOrNothing(task.skipRate)}</td>
      <td className="number">
        {task.halvedSavesMs >= 1 ? (
          <>
            <b>{formatDuration(task.halvedSavesMs)}</b> less
          </>
        ) : (
          <span className="faint">nothing</span>
        )}
      </td>
    </tr>
  );
}

function shareOrNothing(share: number): string {
  return share === 0 ? "" : formatShare(share);
}
