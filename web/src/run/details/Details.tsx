import { useEffect, useMemo, useRef } from "react";
import { SPAN_FLAGS, type SpanAnswer } from "../../../../src/insight/answers/index.ts";
import { questionPath, useAnswer } from "../../shared/api.ts";
import { Copy } from "../../shared/Copy.tsx";
import { Glyph } from "../../shared/Glyph.tsx";
import { isResultWord } from "../../shared/results.ts";
import { isShortcut } from "../../shared/shortcuts.ts";
import { ErrorState, Skeleton } from "../../shared/states.tsx";
import { isWaiting, type Trace, textAt } from "../model/trace.ts";
import { Attributes } from "./Attributes.tsx";
import { Decisions } from "./Decisions.tsx";
import "./details.css";
import { Events } from "./Events.tsx";
import { Family } from "./Family.tsx";
import { kubectlCommand } from "./kubectl.ts";
import { Links } from "./Links.tsx";
import { Logs } from "./Logs.tsx";
import { otlpJson } from "./otlp-json.ts";
import { Program } from "./Program.tsx";
import { sentenceOf } from "./sentence.ts";
import { TaskLink } from "./TaskLink.tsx";
import { Times } from "./Times.tsx";

interface DetailsProps {
  trace: Trace;
  index: number;
  /** How long the trace is drawn: where spans that are not over end now. */
  extentMs: number;
  isQuietShown: boolean;
  onReveal: (index: number) => void;
  onClose: () => void;
}

/** All that is known of the selected span, the important first. */
export function Details({ trace, index, extentMs, isQuietShown, onReveal, onClose }: DetailsProps) {
  const id = trace.id[index] ?? "";
  const question = useAnswer<SpanAnswer>(questionPath(`traces/${trace.traceId}/spans/${id}`));
  const { data, error, refetch } = question;
  useEscape(onClose);
  // While the next span is on its way the last answer is of another span.
  const span = data?.spanId === id ? data : undefined;
  return (
    <aside className="details" aria-label="Details of the selected span">
      <Head trace={trace} index={index} onClose={onClose} />
      {span === undefined && error !== null && <ErrorState error={error} onRetry={refetch} />}
      {span === undefined && error === null && <Skeleton rows={10} />}
      {span !== undefined && (
        <Body span={span} trace={trace} index={index} extentMs={extentMs} onReveal={onReveal} />
      )}
      <Family trace={trace} index={index} isQuietShown={isQuietShown} onReveal={onReveal} />
    </aside>
  );
}

function Head({ trace, index, onClose }: Pick<DetailsProps, "trace" | "index" | "onClose">) {
  const result = textAt(trace, trace.result, index);
  return (
    <header className="details-head">
      <h2 className="name">{textAt(trace, trace.name, index).slice(0, 500) || "(no name)"}</h2>
      {isWaiting(trace, index) ? (
        <span className="soft">waiting</span>
      ) : (
        isResultWord(result) && <Glyph result={result} />
      )}
      <button type="button" className="details-close" aria-label="Close details" onClick={onClose}>
        ×
      </button>
    </header>
  );
}

function Body({
  span,
  trace,
  index,
  extentMs,
  onReveal,
}: Pick<DetailsProps, "trace" | "index" | "extentMs" | "onReveal"> & { span: SpanAnswer }) {
  const isProvisional = ((trace.flags[index] ?? 0) & SPAN_FLAGS.provisional) !== 0;
  const result = textAt(trace, trace.result, index);
  const grown = { ...span, durationMs: Math.max(span.durationMs, extentMs - (trace.startMs[index] ?? 0)) };
  const sentence = sentenceOf({ span: isProvisional ? grown : span, result, isProvisional });
  return (
    <>
      <p className="details-sentence name">{sentence}</p>
      <Message span={span} sentence={sentence} />
      <Decisions attributes={span.attributes} />
      <Copies span={span} />
      <Program attributes={span.attributes} />
      <Times span={span} trace={trace} index={index} />
      {span.logs.length > 0 && <Logs key={span.spanId} logs={span.logs} isCut={span.isLogCut === true} />}
      {span.events.length > 0 && <Events span={span} />}
      {span.links.length > 0 && <Links links={span.links} trace={trace} onReveal={onReveal} />}
      <Attributes span={span} />
    </>
  );
}

/** What the status says, unless the sentence has it, or it is what a program wrote: that is shown as it was written. */
function Message({ span, sentence }: { span: SpanAnswer; sentence: string }) {
  const { message = "", attributes } = span;
  if (sentence.includes(message) || message === attributes["error.message"]) return null;
  return <p className="details-message name">{message}</p>;
}

/** What one takes away from here, and where one goes on. */
function Copies({ span }: { span: SpanAnswer }) {
  const kubectl = kubectlCommand(span);
  const otlp = useMemo(() => otlpJson(span), [span]);
  return (
    <p className="details-copies">
      {kubectl !== undefined && (
        <Copy text={kubectl} label={`Copy ${kubectl}`}>
          Copy kubectl command
        </Copy>
      )}
      <Copy text={otlp} label="Copy the span as OTLP/JSON">
        Copy as OTLP/JSON
      </Copy>
      <Copy text={span.spanId} label="Copy the span id">
        Copy span id
      </Copy>
      <TaskLink attributes={span.attributes} />
    </p>
  );
}

function useEscape(onClose: () => void): void {
  const latest = useRef(onClose);
  latest.current = onClose;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === "Escape" && isShortcut(event)) latest.current();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, []);
}
