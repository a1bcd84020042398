import type { ReactNode } from "react";
import { formatMany } from "../shared/format.ts";
import type { RunUrl, View } from "./run-url.ts";

/** Which view is seen, and what is seen in it. */
export function Toolbar({
  url,
  quiet,
  reconciles,
  hasGraph,
  hasPath,
  onChange,
}: {
  url: RunUrl;
  /** How many spans are told only when asked for, and how many of these tell of reconciling. */
  quiet: number;
  reconciles: number;
  hasGraph: boolean;
  hasPath: boolean;
  onChange: (changes: Partial<RunUrl>) => void;
}) {
  return (
    <div className="toolbar">
      {hasGraph && <Views view={url.view} onView={(view) => onChange({ view })} />}
      {url.view === "timeline" && (
        <div className="toolbar-toggles">
          {hasPath && (
            <Toggle isOn={url.isPathShown} title="C" onToggle={(isPathShown) => onChange({ isPathShown })}>
              Critical path
            </Toggle>
          )}
          {quiet > 0 && (
            <Toggle
              isOn={url.isQuietShown}
              title="Reconcilers at work, phases of under a millisecond, and spans that only repeat others (Q)"
              onToggle={(isQuietShown) => onChange({ isQuietShown })}
            >
              {reconciles > 0 ? formatMany(reconciles, "reconcile span") : formatMany(quiet, "quiet span")}
            </Toggle>
          )}
          <Toggle
            isOn={url.clock === "absolute"}
            title="Times of day instead of times since the start"
            onToggle={(isAbsolute) => onChange({ clock: isAbsolute ? "absolute" : "relative" })}
          >
            Time of day
          </Toggle>
          <button
            type="button"
            className="button"
            title="F"
            disabled={url.window === undefined}
            onClick={() => onChange({ window: undefined })}
          >
            Show all
          </button>
        </div>
      )}
    </div>
  );
}

function Views({ view, onView }: { view: View; onView: (view: View) => void }) {
  return (
    <fieldset className="toolbar-views" aria-label="View">
      {(["timeline", "graph"] as const).map((name) => (
        <button key={name} type="button" aria-pressed={view === name} onClick={() => onView(name)}>
          {name === "timeline" ? "Timeline" : "Graph"}
        </button>
      ))}
    </fieldset>
  );
}

function Toggle({
  isOn,
  title,
  onToggle,
  children,
}: {
  isOn: boolean;
  title: string;
  onToggle: (isOn: boolean) => void;
  children: ReactNode;
}) {
  return (
    <label className="toggle" title={title}>
      <input type="checkbox" checked={isOn} onChange={(event) => onToggle(event.target.checked)} />
      {children}
    </label>
  );
}
