import type { ReactNode } from "react";

/** A part of a page under its own heading; `note` stands beside it. */
export function Section({ title, note, children }: { title: string; note?: ReactNode; children: ReactNode }) {
  return (
    <section className="section" aria-label={title}>
      <div className="section-head">
        <h2>{title}</h2>
        <span className="faint">{note}</span>
      </div>
      {children}
    </section>
  );
}
