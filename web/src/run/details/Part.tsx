import type { ReactNode } from "react";

/** A part of the details under its own heading. */
export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="details-part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}
