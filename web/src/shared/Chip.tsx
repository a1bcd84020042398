import "./chip.css";

/** A filter that is on: `branch main ×`. Pressing it takes the filter away. */
export function Chip({ label, value, onRemove }: { label: string; value: string; onRemove: () => void }) {
  return (
    <button type="button" className="chip" onClick={onRemove} aria-label={`Remove filter ${label} ${value}`}>
      <span className="chip-label">{label}</span>
      <span className="chip-value clip">{value}</span>
      <span aria-hidden="true">×</span>
    </button>
  );
}
