import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";
import { decisionsOf } from "./decisions-of.ts";
import { Part } from "./Part.tsx";

/** What a reconciler did about its object, in order; nothing for other spans. */
export function Decisions({ attributes }: Pick<SpanAnswer, "attributes">) {
  const decisions = decisionsOf({ attributes });
  if (decisions.length === 0) return null;
  return (
    <Part title="Decided">
      <ol className="details-decisions">
        {decisions.map((decision, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what was decided never changes places
          <li key={place} className="name">
            {decision}
          </li>
        ))}
      </ol>
    </Part>
  );
}
