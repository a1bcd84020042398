import { type ReactNode, useMemo } from "react";
import { Link } from "wouter";
import type { TraceRun } from "../../../src/insight/answers/index.ts";
import { Ago } from "../shared/Ago.tsx";
import { Copy } from "../shared/Copy.tsx";
import { formatDuration, formatMany, formatTime, shortRevision } from "../shared/format.ts";
import { Glyph } from "../shared/Glyph.tsx";
import { isBad } from "../shared/results.ts";
import { hrefOf, pipelineHref } from "../shared/url-state.ts";
import { firstFailure, placeOf, slowestStep } from "./model/landmarks.ts";
import { type Trace, textAt } from "./model/trace.ts";

/** What a run was and what came of it, before any picture: for a trace without runs, what it begins with. */
export function RunHeader({
  trace,
  extentMs,
  onReveal,
}: {
  trace: Trace;
  extentMs: number;
  onReveal: (index: number) => void;
}) {
  const run = trace.runs[0];
  return (
    <header className="run-header">
      {run === undefined ? <TraceTitle trace={trace} /> : <RunTitle run={run} />}
      {run !== undefined && <p className="run-summary name">{summaryOf(run)}</p>}
      <Landmarks trace={trace} run={run} onReveal={onReveal} />
      <Facts trace={trace} run={run} extentMs={extentMs} />
    </header>
  );
}

/** The sentence of a run that goes on is about the part of it that is known. */
function summaryOf({ result, summary }: TraceRun): string {
  return result === "running" ? `When last heard of: ${summary}` : summary;
}

function RunTitle({ run }: { run: TraceRun }) {
  const name = run.namespace === "" ? run.name : `${run.namespace}/${run.name}`;
  return (
    <div className="run-title">
      <h1 className="name">
        <Link href={pipelineHref(run.pipeline)} className="quiet">
          {run.pipeline || run.name}
        </Link>
      </h1>
      <span className="run-result">
        <Glyph result={run.result} />
      </span>
      {run.result === "running" && isHeldUp(run.reason) && <span className="soft name">{run.reason}</span>}
      <span className="mono soft name">
        {name}
        <Copy text={run.name} label="Copy the run's name" />
      </span>
    </div>
  );
}

/** Whether the reason of a run that goes on says more than that it runs. */
function isHeldUp(reason: string | undefined): boolean {
  return reason !== undefined && reason !== "Running" && reason !== "Started";
}

function TraceTitle({ trace }: { trace: Trace }) {
  const quiet = trace.isQuiet.reduce((sum, isQuiet) => sum + isQuiet, 0);
  return (
    <>
      <div className="run-title">
        <h1 className="name">{textAt(trace, trace.name, 0).slice(0, 200)}</h1>
        <span className="mono soft name">{textAt(trace, trace.service, 0)}</span>
      </div>
      <p className="run-summary">
        {formatDuration(trace.durationMs)}, {formatMany(trace.count - quiet, "span")}, not of a pipeline.
      </p>
    </>
  );
}

/** The two places one looks for first; where the run did not fail, first where its time went. */
function Landmarks({
  trace,
  run,
  onReveal,
}: {
  trace: Trace;
  run: TraceRun | undefined;
  onReveal: (index: number) => void;
}) {
  const { failed, slowest } = useMemo(
    () => ({ failed: firstFailure(trace, run), slowest: slowestStep(trace, run) }),
    [trace, run],
  );
  if (failed < 0 && slowest < 0) return null;
  // A step may fail and the run go on, where the pipeline allows it or the next attempt works.
  const hasFailed = run === undefined || isBad(run.result);
  const place = (index: number) => placeOf(trace, index).slice(0, 200);
  const failure = failed >= 0 && (
    <p key="failed" className={hasFailed ? "run-failure" : undefined}>
      <Landmark
        what={hasFailed ? "First failure" : "Failed on the way"}
        place={place(failed)}
        onReveal={() => onReveal(failed)}
      />
      {run?.message !== undefined && <span className="name soft">{run.message.slice(0, 400)}</span>}
    </p>
  );
  const slow = slowest >= 0 && (
    <p key="slowest">
      <Landmark what="Slowest step" place={place(slowest)} onReveal={() => onReveal(slowest)} />
      <span className="soft">{formatDuration(trace.durationsMs[slowest] ?? 0)}</span>
    </p>
  );
  return <div className="run-landmarks">{hasFailed ? [failure, slow] : [slow, failure]}</div>;
}

function Landmark({ what, place, onReveal }: { what: string; place: string; onReveal: () => void }) {
  return (
    <button type="button" className="link" onClick={onReveal}>
      <span>{what}</span> <span className="mono name">{place}</span>
    </button>
  );
}

function Facts({ trace, run, extentMs }: { trace: Trace; run: TraceRun | undefined; extentMs: number }) {
  const startTime = run?.startTime ?? new Date(trace.originMs).toISOString();
  return (
    <dl className="run-facts">
      <Fact term="Started">
        {formatTime(startTime)}{" "}
        <span className="soft">
          (<Ago time={startTime} />)
        </span>
      </Fact>
      {run !== undefined && <RunFacts run={run} soFarMs={extentMs - (trace.startMs[run.span] ?? 0)} />}
      <Fact term="Trace">
        <span className="mono name">{trace.traceId}</span>
        <Copy text={trace.traceId} label="Copy the trace id" />
      </Fact>
      {run?.remoteParentSpanId !== undefined && (
        <Fact term="Continues span">
          <span className="mono name" title="Of another service; that span is not stored here">
            {run.remoteParentSpanId}
          </span>
          <Copy text={run.remoteParentSpanId} label="Copy the id of the parent span" />
        </Fact>
      )}
    </dl>
  );
}

function RunFacts({ run, soFarMs }: { run: TraceRun; soFarMs: number }) {
  const { actor, trigger, repository, branch, revision, change, application, component } = run;
  return (
    <>
      {run.result === "running" ? (
        <Fact term="So far">{formatDuration(soFarMs)}</Fact>
      ) : (
        <Fact term="Took">{formatDuration(run.durationMs)}</Fact>
      )}
      <Fact term="Waited">{formatDuration(run.waitMs)}</Fact>
      {(actor ?? trigger) !== undefined && (
        <Fact term="By">
          <span className="name">{[actor, trigger].filter((part) => part !== undefined).join(", ")}</span>
        </Fact>
      )}
      {repository !== undefined && (
        <Fact term="Repository">
          <Link href={hrefOf("/runs", { repository })} className="name">
            {repository}
          </Link>
        </Fact>
      )}
      {branch !== undefined && (
        <Fact term="Branch">
          <Link href={hrefOf("/runs", { branch })} className="name">
            {branch}
          </Link>
        </Fact>
      )}
      {revision !== undefined && (
        <Fact term="Commit">
          <span className="mono">{shortRevision(revision)}</span>
          <Copy text={revision} label="Copy the commit" />
        </Fact>
      )}
      {change !== undefined && <Fact term="Change">#{change}</Fact>}
      {application !== undefined && (
        <Fact term="Application">
          <Link href={hrefOf("/runs", { application, component })} className="name">
            {component === undefined ? application : `${application} / ${component}`}
          </Link>
        </Fact>
      )}
    </>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
