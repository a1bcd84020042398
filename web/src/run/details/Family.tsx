import { formatMany } from "../../shared/format.ts";
import { childrenOf, type Trace } from "../model/trace.ts";
import { Part } from "./Part.tsx";
import { Relative } from "./Relative.tsx";

/** More children are looked at in the timeline. */
const MOST_CHILDREN = 12;

/** The span above and those directly below, longest first; quiet ones as in the timeline, or below a quiet one. */
export function Family({
  trace,
  index,
  isQuietShown,
  onReveal,
}: {
  trace: Trace;
  index: number;
  isQuietShown: boolean;
  onReveal: (index: number) => void;
}) {
  const above = trace.parent[index] ?? -1;
  const isAnyShown = isQuietShown || trace.isQuiet[index] === 1;
  const children = childrenOf(trace, index).filter((child) => isAnyShown || trace.isQuiet[child] === 0);
  const longest = children
    .toSorted((a, b) => (trace.durationsMs[b] ?? 0) - (trace.durationsMs[a] ?? 0))
    .slice(0, MOST_CHILDREN);
  return (
    <>
      {above >= 0 && (
        <Part title="Inside">
          <Relative trace={trace} index={above} onReveal={onReveal} />
        </Part>
      )}
      {children.length > 0 && (
        <Part title={`${formatMany(children.length, "span")} directly below`}>
          {longest.map((child) => (
            <Relative key={child} trace={trace} index={child} onReveal={onReveal} />
          ))}
          {children.length > longest.length && <p className="faint">The longest {longest.length}.</p>}
        </Part>
      )}
    </>
  );
}
