import { useRef, useState } from "react";
import type { ValuesAnswer } from "../../../src/insight/answers/index.ts";
import { questionPath, useAnswer } from "../shared/api.ts";
import { Combobox } from "../shared/Combobox.tsx";
import { useSettled } from "../shared/use-settled.ts";
import { type FilterName, type Filters, parseTyped } from "./filters.ts";
import { askedValues, filterOffers } from "./offers.ts";

/** The field in which filters are typed: `branch:main`, `longer-than:10m`, `>10m`, or words to search for. */
export function FilterField({
  filters,
  onFilter,
}: {
  filters: Filters;
  onFilter: (filter: { name: FilterName; value: string }) => void;
}) {
  const [text, setText] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const values = useValues(text, filters);

  const take = (typed: string) => {
    const filter = parseTyped(typed);
    if (filter === undefined) return;
    setText("");
    onFilter(filter);
  };
  return (
    <Combobox
      className="filter-field"
      id="filter"
      label="Filter"
      placeholder="Filter: branch:main, >10m, …"
      inputRef={input}
      text={text}
      onText={setText}
      offers={filterOffers(text, values).map(({ value, hint }) => ({
        value,
        content: (
          <>
            <span className="clip mono">{value}</span>
            <span className="faint">{hint}</span>
          </>
        ),
      }))}
      onPick={({ value }) => (value.endsWith(":") ? setText(value) : take(value))}
      onEnter={take}
    />
  );
}

/** The values the server knows for the filter that is being typed, under the other filters. */
function useValues(text: string, filters: Filters): ValuesAnswer["values"] {
  const asked = askedValues(useSettled(text, 120));
  const path = asked && questionPath("values", { ...filters, ...asked, [asked.field]: undefined });
  const { data } = useAnswer<ValuesAnswer>(path);
  return asked && data ? data.values : [];
}
