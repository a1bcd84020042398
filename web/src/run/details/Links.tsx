import { Link } from "wouter";
import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";
import { hrefOf, runHref } from "../../shared/url-state.ts";
import type { Trace } from "../model/trace.ts";
import { Part } from "./Part.tsx";
import { Relative } from "./Relative.tsx";

type SpanLink = SpanAnswer["links"][number];

interface LinksProps {
  links: readonly SpanLink[];
  trace: Trace;
  onReveal: (index: number) => void;
}

/** Spans elsewhere that this one says it has to do with: those of this trace by name, others by their ids. */
export function Links({ links, trace, onReveal }: LinksProps) {
  return (
    <Part title="Links">
      <ul className="details-links">
        {links.map((link) => (
          <li key={`${link.traceId} ${link.spanId}`}>
            <Target link={link} trace={trace} onReveal={onReveal} />
            <span className="soft name">
              {Object.entries(link.attributes)
                .map(([key, value]) => `${key}: ${value}`)
                .join(", ")}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function Target({ link, trace, onReveal }: Omit<LinksProps, "links"> & { link: SpanLink }) {
  const { traceId, spanId } = link;
  const index = traceId === trace.traceId ? trace.id.indexOf(spanId) : -1;
  if (index >= 0) return <Relative trace={trace} index={index} onReveal={onReveal} />;
  return (
    <Link href={hrefOf(runHref(traceId), { span: spanId })} className="name">
      Span <span className="mono">{spanId}</span> of trace <span className="mono">{traceId}</span>
    </Link>
  );
}
