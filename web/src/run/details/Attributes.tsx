import { Fragment, useMemo, useState } from "react";
import type { SpanAnswer } from "../../../../src/insight/answers/index.ts";
import { Copy } from "../../shared/Copy.tsx";
import { groupAttributes } from "./attribute-groups.ts";
import { Part } from "./Part.tsx";
import { PROGRAM_ATTRIBUTES } from "./Program.tsx";

/** Attributes of span and resource in groups, but for those shown elsewhere; what is long is cut until asked for. */
export function Attributes({ span }: { span: SpanAnswer }) {
  const groups = useMemo(() => groupAttributes(span, PROGRAM_ATTRIBUTES), [span]);
  return groups.map(({ title, attributes }) => (
    <Part key={title} title={title}>
      <dl className="details-attributes">
        {attributes.map(({ key, value }) => (
          <div key={key}>
            <dt className="name">
              <Key text={key} />
            </dt>
            <dd>
              <Value value={value} />
              <Copy text={value} label={`Copy ${key}`} />
            </dd>
          </div>
        ))}
      </dl>
    </Part>
  ));
}

const LONG = 400;

function Value({ value }: { value: string }) {
  const [isWhole, setIsWhole] = useState(false);
  if (value.length <= LONG || isWhole)
    return <span className="name mono">{value === "" ? "(empty)" : value}</span>;
  return (
    <span className="name mono">
      {value.slice(0, LONG)}…{" "}
      <button type="button" className="link" onClick={() => setIsWhole(true)}>
        all {value.length} characters
      </button>
    </span>
  );
}

/** A key may be broken after each dot, rather than in the middle of a word. */
function Key({ text }: { text: string }) {
  return text.split(".").map((part, place) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of a key never change places
    <Fragment key={place}>
      {place > 0 && "."}
      {place > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
