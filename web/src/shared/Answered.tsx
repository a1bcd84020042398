import type { ReactNode } from "react";
import { Banner, ErrorState, Skeleton } from "./states.tsx";

/** What is known of a question: as TanStack Query says it. */
interface Asked<Answer> {
  data: Answer | undefined;
  error: Error | null;
  refetch: () => unknown;
}

/**
 * Draws an answer, or why there is none yet. An answer that could not be renewed stays on the page, under a line that says
 * so.
 */
export function Answered<Answer>({
  question,
  rows,
  children,
}: {
  question: Asked<Answer>;
  /** Bars of the skeleton. */
  rows?: number;
  children: (answer: Answer) => ReactNode;
}) {
  const { data, error, refetch } = question;
  const retry = () => void refetch();
  if (data === undefined) {
    return error === null ? (
      <Skeleton {...(rows !== undefined && { rows })} />
    ) : (
      <ErrorState error={error} onRetry={retry} />
    );
  }
  return (
    <>
      {error !== null && <Outdated error={error} onRetry={retry} />}
      {children(data)}
    </>
  );
}

function Outdated({ error, onRetry }: { error: Error; onRetry: () => void }) {
  return (
    <Banner tone="failure">
      <span className="name">{error.message} What is shown is the last answer.</span>
      <button type="button" className="button" onClick={onRetry}>
        Try again
      </button>
    </Banner>
  );
}
