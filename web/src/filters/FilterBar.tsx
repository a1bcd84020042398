import { Chip } from "../shared/Chip.tsx";
import { formatPeriod } from "../shared/format.ts";
import type { UrlChanges } from "../shared/url-state.ts";
import { FilterField } from "./FilterField.tsx";
import "./filter-bar.css";
import { FILTERS, type FilterName, type Filters, filterWords } from "./filters.ts";
import { PeriodSelect } from "./PeriodSelect.tsx";

/** What the runs are filtered by: the period, a chip for each filter, and the field for more. */
export function FilterBar({
  filters,
  fixed,
  onChange,
}: {
  filters: Filters;
  /** The filter that the page is about: it has no chip. */
  fixed?: FilterName;
  onChange: (changes: UrlChanges) => void;
}) {
  const { since, until } = filters;
  const on = FILTERS.filter((name) => name !== fixed && filters[name] !== undefined);
  const clear = () => onChange(Object.fromEntries(on.map((name) => [name, undefined])));
  return (
    <div className="filter-bar">
      <FilterField filters={filters} onFilter={({ name, value }) => onChange({ [name]: value })} />
      <PeriodSelect since={since} until={until} onChange={onChange} />
      {until !== undefined && (
        <Chip
          label="period"
          value={since === undefined ? `until ${until}` : formatPeriod({ since, until })}
          onRemove={() => onChange({ since: undefined, until: undefined })}
        />
      )}
      {on.map((name) => (
        <Chip
          key={name}
          label={name.replace("-", " ")}
          value={filterWords(name, filters[name] ?? "")}
          onRemove={() => onChange({ [name]: undefined })}
        />
      ))}
      {on.length > 1 && (
        <button type="button" className="filter-clear" onClick={clear}>
          Clear all
        </button>
      )}
    </div>
  );
}
