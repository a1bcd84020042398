import { Link } from "wouter";
import type { ErrorSeries } from "../../../src/insight/answers/index.ts";
import { formatCount, formatMany } from "../shared/format.ts";
import "../shared/table.css";
import { runHref } from "../shared/url-state.ts";

/** How often a task failed, with which exit codes, and with which messages. */
export function Failures({ series }: { series: ErrorSeries | undefined }) {
  if (series === undefined || series.failed === 0) return <p className="soft">None in this period.</p>;
  return (
    <>
      <p>
        {formatCount(series.failed)} of {formatMany(series.total, "run")} failed
        {series.exitCodes.length > 0 && `; ${exitCodeWords(series)}`}.
      </p>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Message</th>
            <th scope="col" className="number">
              Times
            </th>
            <th scope="col">Last in</th>
          </tr>
        </thead>
        <tbody>
          {series.messages.map(({ message, count, lastTraceId }) => (
            <tr key={message}>
              <th scope="row" className="name">
                {message === "" ? <span className="faint">(no message)</span> : message}
              </th>
              <td className="number">{formatCount(count)}</td>
              <td>
                <Link href={runHref(lastTraceId)} className="mono">
                  {lastTraceId.slice(0, 8)}
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/** `exit code 2 (3 times), 137 (once)` */
function exitCodeWords({ exitCodes }: ErrorSeries): string {
  const codes = exitCodes.map(
    ({ exitCode, count }) => `${exitCode} (${count === 1 ? "once" : `${formatCount(count)} times`})`,
  );
  return `exit code ${codes.join(", ")}`;
}
