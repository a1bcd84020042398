import { Link } from "wouter";
import type { FlakyStep } from "../../../src/insight/answers/index.ts";
import { formatCount, formatDay, shortRevision } from "../shared/format.ts";
import { Glyph } from "../shared/Glyph.tsx";
import "../shared/table.css";
import { runHref } from "../shared/url-state.ts";

/** Commits shown of each step; the rest are counted, those too that the answer leaves out. */
const SHOWN = 4;

/** Tasks that failed and passed on the same commit, with both runs of each. */
export function FlakySteps({ flaky }: { flaky: readonly FlakyStep[] }) {
  if (flaky.length === 0) return <p className="soft">None seen: no commit both failed and passed.</p>;
  return (
    <table className="table flaky">
      <thead>
        <tr>
          <th scope="col">Task › step</th>
          <th scope="col" className="number">
            Flips
          </th>
          <th scope="col">Commits: run that failed, run that passed</th>
        </tr>
      </thead>
      <tbody>
        {flaky.map((step) => (
          <tr key={`${step.task}/${step.step}/${step.repository}`}>
            <th scope="row" className="name mono">
              {step.step === undefined ? step.task : `${step.task} › ${step.step}`}
            </th>
            <td className="number">{formatCount(step.flips)}</td>
            <td>
              <ul className="flaky-commits">
                {step.commits.slice(0, SHOWN).map((commit) => (
                  <Commit key={commit.failedTraceId + commit.passedTraceId} commit={commit} />
                ))}
                {step.flips > SHOWN && <li className="faint">and {formatCount(step.flips - SHOWN)} more</li>}
              </ul>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Commit({ commit }: { commit: FlakyStep["commits"][number] }) {
  const { revision, failedTraceId, passedTraceId, time } = commit;
  const name = shortRevision(revision);
  return (
    <li>
      <span className="mono">{name}</span> <span className="faint flaky-day">{formatDay(time)}</span>
      <Link href={runHref(failedTraceId)} aria-label={`Run that failed on ${name}`}>
        <Glyph result="failure" isShort />
      </Link>
      <Link href={runHref(passedTraceId)} aria-label={`Run that passed on ${name}`}>
        <Glyph result="success" isShort />
      </Link>
    </li>
  );
}
