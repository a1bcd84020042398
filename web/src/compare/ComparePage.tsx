import type { CompareAnswer, ValuesAnswer } from "../../../src/insight/answers/index.ts";
import { FilterBar } from "../filters/FilterBar.tsx";
import { readFilters } from "../filters/filters.ts";
import { Answered } from "../shared/Answered.tsx";
import { questionPath, useAnswer } from "../shared/api.ts";
import { useUrlState } from "../shared/url-state.ts";
import { useTitle } from "../shared/use-title.ts";
import "./compare.css";
import { CompareGroups } from "./CompareGroups.tsx";
import { CompareRuns } from "./CompareRuns.tsx";
import { SidePicker } from "./SidePicker.tsx";
import { isComparable, readSide, type SideChoice, suggestions, writeSide } from "./sides.ts";

/** Two branches, pipelines, periods or runs, side by side. */
export function ComparePage() {
  useTitle("Compare");
  const { parameters, change } = useUrlState();
  const filters = readFilters(parameters);
  const a = readSide(parameters.get("a"));
  const b = readSide(parameters.get("b"));
  const isReady = isComparable(a, b);
  const choose = (side: "a" | "b") => (choice: SideChoice) => change({ [side]: writeSide(choice) });
  return (
    <>
      <h1>Compare</h1>
      <div className="sides">
        <SidePicker name="a" choice={a} onChoose={choose("a")} />
        <button
          type="button"
          className="button"
          onClick={() => change({ a: writeSide(b), b: writeSide(a) })}
          aria-label="Swap the sides"
          title="Swap the sides"
        >
          ⇄
        </button>
        <SidePicker name="b" choice={b} onChoose={choose("b")} />
      </div>
      {a.kind !== "run" && <FilterBar filters={filters} onChange={change} />}
      {isReady ? (
        <Comparison path={questionPath("compare", { ...filters, a: writeSide(a), b: writeSide(b) })} />
      ) : (
        <Beginnings onPick={change} />
      )}
    </>
  );
}

function Comparison({ path }: { path: string }) {
  const question = useAnswer<CompareAnswer>(path);
  return (
    <Answered question={question}>
      {(answer) =>
        answer.kind === "groups" ? <CompareGroups answer={answer} /> : <CompareRuns answer={answer} />
      }
    </Answered>
  );
}

/** What to compare, for somebody who has not said. */
function Beginnings({ onPick }: { onPick: (sides: { a: string; b: string }) => void }) {
  const { data } = useAnswer<ValuesAnswer>(questionPath("values", { field: "branch" }));
  const branches = data?.values.map(({ value }) => value) ?? [];
  return (
    <section className="beginnings">
      <p>
        Choose what to hold against what: branches, pipelines or periods, or one run against another. To begin
        with:
      </p>
      <ul>
        {suggestions(branches, Date.now()).map(({ words, a, b }) => (
          <li key={words}>
            <button type="button" className="button clip" onClick={() => onPick({ a, b })}>
              {words}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
