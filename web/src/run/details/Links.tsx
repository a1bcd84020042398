import { Link } from "wouter";
import type { SpanAnswer } from "../../../../src/insight/answers.ts";
import { hrefOf, runHref } from "../../shared/url-state.ts";
import { Part } from "./Part.tsx";

/** Spans elsewhere that this one says it has to do with. */
export function Links({ links }: { links: SpanAnswer["links"] }) {
  return (
    <Part title="Links">
      <ul className="details-links">
        {links.map(({ traceId, spanId, attributes }) => (
          <li key={`${traceId} ${spanId}`}>
            <Link href={hrefOf(runHref(traceId), { span: spanId })} className="mono name">
              {traceId} {spanId}
            </Link>
            <span className="soft name">
              {Object.entries(attributes)
                .map(([key, value]) => `${key}: ${value}`)
                .join(", ")}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}
