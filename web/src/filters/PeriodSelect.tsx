import type { UrlChanges } from "../shared/url-state.ts";

const PERIODS = [
  { since: "", words: "Any time" },
  { since: "1h", words: "Last hour" },
  { since: "24h", words: "Last 24 hours" },
  { since: "7d", words: "Last 7 days" },
  { since: "30d", words: "Last 30 days" },
  { since: "90d", words: "Last 90 days" },
];

/** Back to when: the usual periods, or what the address says. */
export function PeriodSelect({
  since = "",
  until,
  onChange,
}: {
  since: string | undefined;
  until: string | undefined;
  onChange: (changes: UrlChanges) => void;
}) {
  const isUsual = until === undefined && PERIODS.some((period) => period.since === since);
  return (
    <select
      className="field"
      aria-label="Period"
      value={isUsual ? since : "own"}
      onChange={(event) => onChange({ since: event.target.value, until: undefined })}
    >
      {!isUsual && (
        <option value="own" disabled>
          {until === undefined ? `Since ${since}` : "Own period"}
        </option>
      )}
      {PERIODS.map((period) => (
        <option key={period.since} value={period.since}>
          {period.words}
        </option>
      ))}
    </select>
  );
}
