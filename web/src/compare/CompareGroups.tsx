import type { CompareGroupsAnswer, Difference } from "../../../src/insight/answers/index.ts";
import { formatChange, formatDuration, formatMany, formatShare } from "../shared/format.ts";
import "../shared/table.css";
import { Interval } from "./Interval.tsx";
import { sideWords } from "./sides.ts";
import { intervalScale, verdictOf, verdictSentence } from "./verdict.ts";

/** Two groups of runs: a sentence on the whole, and the difference of each task with its interval. */
export function CompareGroups({ answer }: { answer: CompareGroupsAnswer }) {
  const names = { a: sideWords(answer.a.label), b: sideWords(answer.b.label) };
  const scaleMs = intervalScale([answer.overall, ...answer.tasks]);
  const sentence = <p className="verdict name">{verdictSentence(answer.overall, names)}</p>;
  if (verdictOf(answer.overall) === "alone") return sentence;
  return (
    <>
      {sentence}
      <table className="table compare">
        <thead>
          <tr>
            <th scope="col">Task</th>
            <SideHead name="a" words={names.a} runs={answer.a.runs} />
            <SideHead name="b" words={names.b} runs={answer.b.runs} />
            <th scope="col" className="number">
              Change
            </th>
            <th scope="col" className="compare-interval wide">
              <span className="compare-scale">
                <span>−{formatDuration(scaleMs)}</span>
                <span>0</span>
                <span>+{formatDuration(scaleMs)}</span>
              </span>
            </th>
            <th scope="col" className="number wide">
              Failed
            </th>
          </tr>
        </thead>
        <tbody>
          <Row name="Whole run" difference={answer.overall} scaleMs={scaleMs} isWhole />
          {answer.tasks.map((task) => (
            <Row key={task.task} name={task.task} difference={task} scaleMs={scaleMs} />
          ))}
        </tbody>
      </table>
      <p className="faint compare-note">
        Medians; grey where the true change may be none at all.{" "}
        <span className="wide">A bar is where it lies with 95 % confidence.</span>
      </p>
    </>
  );
}

function SideHead({ name, words, runs }: { name: "a" | "b"; words: string; runs: number }) {
  return (
    <th scope="col" className="number compare-side">
      <span className="side-name" data-side={name}>
        {name.toUpperCase()}
      </span>
      <span className="compare-side-name clip" title={words}>
        {words}
      </span>
      <span className="faint">{formatMany(runs, "run")}</span>
    </th>
  );
}

interface RowProps {
  name: string;
  difference: Difference;
  scaleMs: number;
  isWhole?: boolean;
}

function Row({ name, difference, scaleMs, isWhole = false }: RowProps) {
  const verdict = verdictOf(difference);
  const { a, b, changeMs } = difference;
  return (
    <tr className={isWhole ? "compare-whole" : undefined} data-verdict={verdict}>
      <th scope="row" className={isWhole ? undefined : "name mono"}>
        {name}
      </th>
      <Median side={a} />
      <Median side={b} />
      <td className="number compare-change">
        {verdict === "alone" ? (
          <span className="faint">only in {a.runs === 0 ? "B" : "A"}</span>
        ) : (
          <Change verdict={verdict} changeMs={changeMs} />
        )}
      </td>
      <td className="compare-interval wide">
        {verdict !== "alone" && <Interval difference={difference} scaleMs={scaleMs} />}
      </td>
      <td className="number wide soft">
        {formatShare(a.failureRate)} → {formatShare(b.failureRate)}
      </td>
    </tr>
  );
}

function Median({ side }: { side: Difference["a"] }) {
  if (side.runs === 0) return <td className="number faint">–</td>;
  return (
    <td className="number" title={`${formatMany(side.runs, "run")}, p95 ${formatDuration(side.p95Ms)}`}>
      {formatDuration(side.p50Ms)}
    </td>
  );
}

const SIGNS = { longer: "▲", shorter: "▼", noise: "" } as const;

function Change({ verdict, changeMs }: { verdict: keyof typeof SIGNS; changeMs: number }) {
  return (
    <>
      <span aria-hidden="true">{SIGNS[verdict]}</span> {formatChange(changeMs)}
      <span className="visually-hidden">{verdict === "noise" ? ", may be chance" : ""}</span>
    </>
  );
}
