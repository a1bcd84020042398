import { type ReactNode, useEffect, useState } from "react";
import { ApiError } from "./api.ts";
import { Copy } from "./Copy.tsx";
import "./states.css";

/** What fills an empty store, as a user would type it. */
const FILLING = [
  {
    what: "A dump of what is on a cluster",
    command: "kubectl get pipelineruns,taskruns,pods -A -o json > dump.json\nthroughline import dump.json",
  },
  {
    what: "An example that comes with the program",
    command: "throughline import examples/build-and-test.json",
  },
  {
    what: "Anything that speaks OpenTelemetry",
    command: "export OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318",
  },
];

/** Nothing is stored yet: the three commands that would fill the page, ready to copy. */
export function EmptyState() {
  return (
    <section className="state">
      <h2>No runs yet</h2>
      <p>Nothing has been stored here. One of these fills the page; it shows them as they come.</p>
      <ul className="state-commands">
        {FILLING.map(({ what, command }) => (
          <li key={what}>
            <span>{what}</span>
            <Command text={command} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** A command in monospace with a button that copies it. */
export function Command({ text }: { text: string }) {
  return (
    <div className="state-command">
      <code>{text}</code>
      <Copy text={text} label={`Copy ${text}`} />
    </div>
  );
}

/** There is data, but nothing that fits what was asked for. `children` is the way out. */
export function NothingFits({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <section className="state">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

/** What failed, what fixes it, and a way to try again. */
export function ErrorState({ error, onRetry }: { error: Error; onRetry?: (() => void) | undefined }) {
  const { title, advice, command } = explain(error);
  return (
    <section className="state" role="alert">
      <h2>{title}</h2>
      <p className="name">{error.message}</p>
      {advice !== undefined && <p>{advice}</p>}
      {command !== undefined && <Command text={command} />}
      {onRetry !== undefined && (
        <button type="button" className="button state-retry" onClick={onRetry}>
          Try again
        </button>
      )}
    </section>
  );
}

interface Explanation {
  title: string;
  advice?: string;
  command?: string;
}

function explain(error: Error): Explanation {
  const code = error instanceof ApiError ? error.code : "fault";
  switch (code) {
    case "unreachable":
      return {
        title: "The server has gone",
        advice: "Start it again, then this page goes on by itself:",
        command: "throughline up",
      };
    case "unauthorized":
      return {
        title: "The server wants its token",
        advice: "Open the address that `throughline up` printed: it carries the token.",
      };
    case "notFound":
      return { title: "Not found" };
    case "badRequest":
      return { title: "The server does not understand the question" };
    case "busy":
      return {
        title: "The server is busy",
        advice: "It has more questions than it can take. Try again in a moment.",
      };
    case "fault":
      return {
        title: "Something broke",
        advice: "The server's log, where `throughline up` runs, says more.",
      };
  }
}

/** Grey bars where content will be, only once 150 ms have passed: an answer that is quick does not flicker. */
export function Skeleton({ rows = 8 }: { rows?: number }) {
  const isLate = useIsLate(150);
  if (!isLate) return null;
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">Loading</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are all the same
        <span key={row} className="skeleton-bar" style={{ width: `${94 - ((row * 37) % 40)}%` }} />
      ))}
    </div>
  );
}

function useIsLate(milliseconds: number): boolean {
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsLate(true), milliseconds);
    return () => clearTimeout(timer);
  }, [milliseconds]);
  return isLate;
}

/** A line above the content that says what is missing, and why. */
export function Banner({ tone = "note", children }: { tone?: "note" | "failure"; children: ReactNode }) {
  return (
    <div className="banner" data-tone={tone} role={tone === "failure" ? "alert" : "note"}>
      {children}
    </div>
  );
}
