import { Link } from "wouter";
import type { CompareRunsAnswer, RunRow } from "../../../src/insight/answers/index.ts";
import { niceDuration } from "../shared/duration-scale.ts";
import { formatChange, formatDuration, formatTime, shortRevision } from "../shared/format.ts";
import { Glyph } from "../shared/Glyph.tsx";
import "../shared/table.css";
import { hrefOf, runHref } from "../shared/url-state.ts";
import { TaskBar } from "./TaskBar.tsx";
import { verdictOfChange } from "./verdict.ts";

type TaskPair = CompareRunsAnswer["tasks"][number];

/** Two runs: their timelines on one scale, a pair of bars for each task. */
export function CompareRuns({ answer }: { answer: CompareRunsAnswer }) {
  const scaleMs = niceDuration(
    Math.max(answer.a.durationMs, answer.b.durationMs, ...answer.tasks.map(endOf)),
  );
  return (
    <>
      <div className="compared-runs">
        <RunHead name="a" run={answer.a} />
        <RunHead name="b" run={answer.b} />
      </div>
      <table className="table compare">
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col" className="compare-timeline">
              <span className="compare-scale">
                <span>0</span>
                <span>{formatDuration(scaleMs / 2)}</span>
                <span>{formatDuration(scaleMs)}</span>
              </span>
            </th>
            <th scope="col" className="number wide">
              A
            </th>
            <th scope="col" className="number wide">
              B
            </th>
            <th scope="col" className="number">
              Change
            </th>
          </tr>
        </thead>
        <tbody>
          {answer.tasks.map((pair) => (
            <TaskLine
              key={`${pair.a?.spanId} ${pair.b?.spanId}`}
              pair={pair}
              answer={answer}
              scaleMs={scaleMs}
            />
          ))}
        </tbody>
      </table>
    </>
  );
}

function endOf({ a, b }: TaskPair): number {
  return Math.max(a ? a.offsetMs + a.durationMs : 0, b ? b.offsetMs + b.durationMs : 0);
}

function RunHead({ name, run }: { name: "a" | "b"; run: RunRow }) {
  return (
    <div className="compared-run">
      <span className="side-name" data-side={name}>
        {name.toUpperCase()}
      </span>
      <Glyph result={run.result} isShort />
      <Link href={runHref(run.traceId)} className="name mono">
        {run.name}
      </Link>
      <b>{formatDuration(run.durationMs)}</b>
      <span className="soft">{formatDuration(run.waitMs)} waiting</span>
      <span className="faint">
        {[run.branch, run.revision && shortRevision(run.revision), formatTime(run.startTime)]
          .filter(Boolean)
          .join(" · ")}
      </span>
    </div>
  );
}

function TaskLine({ pair, answer, scaleMs }: { pair: TaskPair; answer: CompareRunsAnswer; scaleMs: number }) {
  const { a, b, changeMs } = pair;
  return (
    <tr data-verdict={verdictOfChange(changeMs)}>
      <th scope="row" className="name mono">
        {pair.task}
      </th>
      <td className="compare-timeline">
        {a && <TaskBar side="a" task={a} scaleMs={scaleMs} href={spanHref(answer.a, a.spanId)} />}
        {b && <TaskBar side="b" task={b} scaleMs={scaleMs} href={spanHref(answer.b, b.spanId)} />}
      </td>
      <td className="number wide">{a ? formatDuration(a.durationMs) : "–"}</td>
      <td className="number wide">{b ? formatDuration(b.durationMs) : "–"}</td>
      <td className="number compare-change">
        {changeMs === undefined ? (
          <span className="faint">only in {a ? "A" : "B"}</span>
        ) : (
          <>
            <span aria-hidden="true">{changeMs > 0 ? "▲" : changeMs < 0 ? "▼" : ""}</span>{" "}
            {formatChange(changeMs)}
          </>
        )}
      </td>
    </tr>
  );
}

function spanHref(run: RunRow, span: string): string {
  return hrefOf(runHref(run.traceId), { span });
}
